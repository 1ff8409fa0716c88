// What is remembered beyond the end of a bridge.

package import ChannelMessages
package import ChannelModel

/// Sees to it that no peer is asked the same twice, also when the program is killed while it is at a peer; and keeps what
/// nobody takes.
package protocol BridgeMemory: Sendable {
  /// Writes down that a request goes to a peer, and tells what is known of it: on the loop, at once where that can be.
  func begin(_ request: Message, _ then: @escaping @Sendable (RecalledRequest) -> Void)

  /// Keeps how far a message has come, for whoever asks for its way.
  func note(_ step: TraceStep.Kind, of id: String, _ detail: String)

  /// Puts an event to the dead letters that a peer refuses again and again; false when that cannot be.
  func setAside(_ event: Message, number: UInt64, attempts: Int, because words: String) async -> Bool
}
