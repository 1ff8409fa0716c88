// Why a handler takes no message.

/// The message is left to whoever has it.
package enum HandlerRefusal: Error, Sendable, Hashable {
  /// Too many wait already; it is told when there is room again.
  case full
  /// It takes nothing any more.
  case draining
}
