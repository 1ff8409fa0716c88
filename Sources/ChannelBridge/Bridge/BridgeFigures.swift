// What a bridge has carried.

/// How many are connected to a bridge, and what has gone over it since it began.
package struct BridgeFigures: Hashable, Sendable {
  /// Those who were let in and are there.
  package var connections = 0
  /// Requests of the channel that peers were given.
  package var requestsOut: UInt64 = 0
  /// Requests that the channel was asked for others.
  package var requestsIn: UInt64 = 0
  /// Events of the channel, once for each peer that was told one.
  package var eventsOut: UInt64 = 0
  /// Events that the channel was told for others.
  package var eventsIn: UInt64 = 0
  /// Messages that do not go across, from either end.
  package var dropped: UInt64 = 0
  /// How often one end would not have what the other wrote, for which they part.
  package var refused: UInt64 = 0

  package init() {}

  /// Both together.
  package static func += (sum: inout Self, other: Self) {
    sum.connections += other.connections
    sum.requestsOut &+= other.requestsOut
    sum.requestsIn &+= other.requestsIn
    sum.eventsOut &+= other.eventsOut
    sum.eventsIn &+= other.eventsIn
    sum.dropped &+= other.dropped
    sum.refused &+= other.refused
  }
}
