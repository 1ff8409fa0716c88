// From arguments to an opened channel.

package import ChannelMessages
internal import LinuxIO
package import Transom

extension Invocation {
  /// The side that was asked for, or the verb's own.
  package var side: Side? { text(.as).flatMap { Side(rawValue: $0) } }

  /// Opens the channel; only `init` makes one, so that a mistyped path is told.
  package func openChannel(
    as side: Side,
    onTrouble: (@Sendable (ChannelError) -> Void)? = nil
  ) throws -> Channel {
    var options = ChannelOptions(creation: .never)
    options.durability =
      switch text(.durability) {
      case "power": .power
      case "power-window": .powerWindow
      default: .process
      }
    if let visibility = duration(.visibility) { options.visibility = .within(visibility) }
    if let timeout = duration(.lockTimeout) { options.sendTimeout = timeout }
    do {
      return try Channel(at: try directory, as: side, options: options, onTrouble: onTrouble)
    } catch let error as ChannelError where directoryIsForgotten {
      throw ChannelError(error.code, at: error.path, error.what, hint: "DIR comes first: \(verb.usage)")
    }
  }

  /// The channel's directory from the root, as every error and every report names it; empty where none was given.
  var directory: String { get throws(ChannelError) { try path(in: .directory) } }

  /// The path in an operand's place, from the root.
  func path(in name: Operand.Name) throws(ChannelError) -> String {
    let word = operand(name)
    return try ChannelError.calls(at: word) { () throws(SystemError) in try WholePath.spelled(word) }
  }

  /// Whether another operand stands where the directory belongs, as when it was left out.
  private var directoryIsForgotten: Bool {
    let word = operand(.directory)
    guard WholePath.of(word) == nil else { return false }
    return Self.isMessagePart(word) || Self.isJSON(operand(.method)) && operand(.json).isEmpty
  }

  private static func isMessagePart(_ word: String) -> Bool {
    isJSON(word) || word == "-" || word.hasPrefix("@") || MessageKind(rawValue: word) != nil
  }

  /// Also what only wants to be JSON.
  private static func isJSON(_ word: String) -> Bool {
    if let first = word.first, "{[\"".contains(first) { return true }
    return (try? JSONText(validating: Array(word.utf8))) != nil
  }
}
