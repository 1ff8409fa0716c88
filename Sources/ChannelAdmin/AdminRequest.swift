// What the daemon can be asked.

package import ChannelModel

/// One question to the daemon, or one thing that it is told to do.
package enum AdminRequest: Sendable, Hashable {
  /// How it is.
  case status
  /// How its channels are, those in which most goes on first, at most so many.
  case channels(limit: Int)
  /// The way of the messages with this id.
  case trace(id: String)
  /// Take over what the configuration files say now.
  case reload
  /// The configuration that holds, with where each value came from.
  case configuration(ConfigurationForm)
  /// Dead letters, the newest first, those behind the one of this number, at most so many.
  case letters(LetterSelection, after: UInt64?, limit: Int)
  /// One dead letter with its message: by its number, or by its message's id or what only that begins with.
  case letter(String)
  /// Give the messages of dead letters to their handlers once more.
  case retry(LetterChoice)
  /// Forget dead letters.
  case drop(LetterChoice)

  package enum ConfigurationForm: String, Sendable, Hashable, CaseIterable {
    case toml
    case json
  }
}
