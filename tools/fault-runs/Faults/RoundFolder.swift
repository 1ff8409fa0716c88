// Where a round's files lie.

/// The channel, and beside it what the programs of a round tell and are told.
struct RoundFolder {
  let path: String

  var channel: String { "\(path)/channel" }

  /// Those who write come to an end when it is there.
  var stop: String { "\(path)/stop" }

  /// Those who read come to an end when it is there and the last message was read.
  var drain: String { "\(path)/drain" }

  /// Where a bridge and its other end meet.
  var socket: String { "\(path)/socket" }

  /// The other end of a bridge behaves well from then on, and hears all that is sent.
  var calm: String { "\(path)/calm" }

  func log(_ name: String) -> String { "\(path)/\(name).log" }

  func errors(_ name: String) -> String { "\(path)/\(name).errors" }

  /// The sender of the last message of each direction.
  static let lastSender = "last"
}
