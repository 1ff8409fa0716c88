// What the other end of a bridge tells.

internal import ChannelMessages

/// Its events in their order, and which of them were acknowledged.
struct FarLetters {
  /// While so many are not acknowledged there are no new ones.
  private static let mostUnacknowledged = 400

  let sender: String
  private(set) var count = 0
  private var acknowledged: Set<Int> = []
  /// All before it were acknowledged.
  private(set) var first = 1

  init(sender: String) {
    self.sender = sender
  }

  var areAllAcknowledged: Bool { first > count }

  /// Makes one more, when there may be one.
  mutating func grow() -> Bool {
    guard count + 1 - first < Self.mostUnacknowledged else { return false }
    count += 1
    return true
  }

  func line(_ number: Int) -> String {
    let letter = Letter(sender: sender, number: number)
    return #"{"id":"\#(id(number))","type":"event","method":"\#(sender)","payload":"\#(letter.payload)"}"#
  }

  private func id(_ number: Int) -> String { "\(sender)/\(number)" }

  /// The number of one that an acknowledgement names; nil for what was never told.
  mutating func acknowledge(_ id: String) -> Int? {
    guard let number = id.split(separator: "/").last.flatMap({ Int($0) }), (1...max(1, count)).contains(number),
      id == self.id(number)
    else { return nil }
    acknowledged.insert(number)
    while acknowledged.contains(first) { first += 1 }
    return number
  }
}
