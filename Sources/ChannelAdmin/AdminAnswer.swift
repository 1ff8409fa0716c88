// What the daemon answers.

package import ChannelModel

/// The answer to an `AdminRequest`, as long as nothing goes wrong.
package enum AdminAnswer: Sendable, Hashable {
  case status(DaemonStatus)
  case channels([ChannelStatus])
  case steps([TraceStep])
  case reloaded(ReloadReport)
  /// The text of the form that was asked for.
  case configuration(String)
  case letters([DeadLetter])
  /// A letter, and its message's own bytes.
  case letter(DeadLetter, message: [UInt8])
  /// So many letters were given to handlers again, or forgotten.
  case letterCount(Int)
}
