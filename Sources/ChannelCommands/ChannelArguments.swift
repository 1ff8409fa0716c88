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
    switch text(.durability) {
    case "power": options.durability = .power
    case "power-window":
      throw UsageError(
        "--durability power-window is not possible: this version keeps no window for 1.0 programs",
        hint: "--durability power survives a power loss for all who use Transom"
      )
    default: options.durability = .process
    }
    if has(.visibility) {
      throw UsageError(
        "--visibility is not possible: this version shows nothing to 1.0 programs yet",
        hint: "leave it out; programs that use Transom see each message at once"
      )
    }
    if let timeout = duration(.lockTimeout) { options.sendTimeout = timeout }
    return try Channel(at: operand(.directory), as: side, options: options, onTrouble: onTrouble)
  }
}
