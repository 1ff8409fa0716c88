// From arguments to an opened channel.

internal import ChannelMessages
internal import LinuxIO
internal import Transom

extension Invocation {
  /// The side that was asked for, or the verb's own.
  var side: Side? { text(.as).flatMap { Side(rawValue: $0) } }

  /// Opens the channel; only `init` makes one, so that a mistyped path is told.
  func openChannel(
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
      return try Channel(at: directory, as: side, options: options, onTrouble: onTrouble)
    } catch let error as ChannelError where directoryIsForgotten {
      throw ChannelError(error.code, at: error.path, error.what, hint: "DIR comes first: \(verb.usage)")
    }
  }

  /// The channel's directory as errors name it too: without slashes at its end.
  var directory: String {
    var path = operand(.directory)
    while path.utf8.count > 1, path.last == "/" { path.removeLast() }
    return path
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
