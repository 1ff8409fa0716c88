/// What rounds were made of, to show that they are about something.
struct Tally: CustomStringConvertible {
  var kills = 0
  var stops = 0
  var sent = 0
  var sentByPeers = 0
  var delivered = 0
  var gaps = 0
  /// Events that a bridge acknowledged, and the connections that it had.
  var carried = 0
  var connections = 0

  mutating func add(_ other: Tally) {
    kills += other.kills
    stops += other.stops
    sent += other.sent
    sentByPeers += other.sentByPeers
    delivered += other.delivered
    gaps += other.gaps
    carried += other.carried
    connections += other.connections
  }

  var description: String {
    "\(sent) messages of ours and \(sentByPeers) of 1.0 programs acknowledged, \(delivered) delivered, \(gaps) gaps told,"
      + " \(kills) kills, \(stops) stops, \(carried) events taken by bridges over \(connections) connections"
  }
}
