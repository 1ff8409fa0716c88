// From arguments to an opened channel.

internal import ChannelMessages
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
    return try Channel(at: operand(.directory), as: side, options: options, onTrouble: onTrouble)
  }
}
