// How a bridge or a door is.

/// One bridge or door of the configuration: what has gone over it since it began, and whether it can be had.
///
/// A bridge tells of all its channels together. A door tells of its connections, of what was asked there and answered,
/// which are the requests in, and of what it refused; the other figures are none of its own.
package struct BridgeStatus: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// It carries to whoever is at the other end of a stream.
    case bridge
    /// Browsers and services come in there.
    case door
  }

  package let name: String
  package let kind: Kind
  /// Where it connects to or listens, as people write it.
  package let place: String
  /// So many channels it is for.
  package var channelCount = 0
  /// Those who are connected now.
  package var connections = 0
  /// From channels to the other ends, and back.
  package var requestsOut: UInt64 = 0
  package var requestsIn: UInt64 = 0
  package var eventsOut: UInt64 = 0
  package var eventsIn: UInt64 = 0
  /// Messages that do not go across.
  package var dropped: UInt64 = 0
  /// How often one end would not have what the other wrote, or a door what it was asked.
  package var refused: UInt64 = 0
  /// What goes wrong now: nobody can be reached at the other end, say.
  package var trouble: String?

  package init(_ name: String, _ kind: Kind, place: String) {
    self.name = name
    self.kind = kind
    self.place = place
  }
}
