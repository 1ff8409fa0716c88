// How far somebody has come.

internal import ChannelModel
internal import Transom

/// The place of an event among all that the channel's other side sent, as whoever comes again says it: `3f2a9c1b-17`.
///
/// Another journal numbers anew, so it is part of the place.
struct EventMark: Hashable, CustomStringConvertible {
  private let journal: String
  private let number: UInt64

  init(of delivery: Delivery) {
    journal = Self.tag(delivery.journal)
    number = delivery.number
  }

  /// Nil for what is none.
  init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = UInt64(parts[1]) else { return nil }
    (journal, self.number) = (String(parts[0]), number)
  }

  var description: String { "\(journal)-\(number)" }

  /// Whether whoever is so far has this one.
  func includes(_ delivery: Delivery) -> Bool {
    delivery.number <= number && Self.tag(delivery.journal) == journal
  }

  private static func tag(_ journal: UniqueID?) -> String {
    journal.map { "\($0)".filter(\.isHexDigit).suffix(8) }.map(String.init) ?? ""
  }
}
