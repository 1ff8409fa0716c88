// What is known of a request that nobody has answered.

package import ChannelMessages
internal import ChannelModel
internal import Transom

/// Where a request stands when the time for its answer is up, who can see it and who reads there: enough to know whether
/// it is the other side that is missing.
package struct UnansweredRequest: Hashable, Sendable {
  /// Its number in the journal.
  package var number: UInt64
  /// The side that asked.
  package var side: Side
  /// Whether the window shows it; nil where another program has written the window since.
  package var isShown: Bool?
  /// Which Transom programs read what this side sends, in words.
  package var readers: [String]
  /// Nil where nothing is known of 1.0 programs.
  package var peers: PeersState?

  package init(number: UInt64, side: Side, isShown: Bool?, readers: [String] = [], peers: PeersState? = nil) {
    self.number = number
    self.side = side
    self.isShown = isShown
    self.readers = readers
    self.peers = peers
  }

  /// Looks at the channel's files. Its window is not opened: that would be taken for a 1.0 reader.
  static func look(at path: String, _ receipt: Receipt, from side: Side) throws(ChannelError) -> Self {
    let inspector = try ChannelInspector(path, onlyLooks: true)
    let direction = Direction(writtenBy: side)
    let look = WindowInspector(direction, in: inspector.folder.directory, boot: inspector.folder.boot)
    var isShown: Bool? = false
    if let record = try look.record(), record.shown.rawValue >= receipt.number {
      isShown = record.isOfWindow ? record.projected.floor.rawValue < receipt.number : nil
    }
    return Self(
      number: receipt.number,
      side: side,
      isShown: isShown,
      readers: try inspector.readers(of: direction).flatMap(\.holders),
      peers: look.peers()
    )
  }

  /// All of it, for people.
  package var text: String {
    let sight =
      switch isShown {
      case true?: "1.0 programs can see it"
      case false?: "1.0 programs cannot see it, since their window does not show it"
      case nil: "another program has written the window since, so whether 1.0 programs see it is not known"
      }
    let place = "what the \(side.rawValue) sends"
    let natives =
      readers.isEmpty
      ? "no Transom program reads \(place)"
      : "\(readers.joined(separator: ", ")) \(readers.count == 1 ? "reads" : "read") \(place)"
    let others = (peers ?? PeersState()).readerText
    return "the request is in the journal as message \(number); \(sight); \(natives); of 1.0 programs, \(others)"
  }
}
