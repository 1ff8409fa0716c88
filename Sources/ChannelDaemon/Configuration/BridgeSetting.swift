// A bridge that the daemon keeps.

package import ChannelBridge
package import ChannelMessages

/// Which channels a bridge carries the messages of, where to, and how carefully.
package struct BridgeSetting: Sendable, Hashable {
  /// How it comes to whoever is at the other end.
  package enum Manner: String, Sendable, Hashable, CaseIterable {
    /// It connects, again and again.
    case connect
    /// It listens.
    case listen
  }

  /// What it is called in logs and metrics, and in the name of its reader; no two have the same.
  package var name: String
  package var manner: Manner
  package var address: PeerAddress
  /// Patterns for a channel's path below its root; `*` stands for anything. Each channel has a bridge of its own.
  package var channels = ["*"]
  /// The side that the other end takes the place of.
  package var side = Side.backend
  /// From the channel to the stream, and back.
  package var outward: [NameMapping] = [.everything]
  package var inward: [NameMapping] = [.everything]
  package var acknowledgement = Route.Acknowledgement.written
  /// How long an answer is waited for, from either end.
  package var timeLimit = Duration.seconds(30)
  /// So many may be connected where it listens.
  package var peers = 100
  /// So many connections lead to whoever it connects to, while there is enough to ask.
  package var connections = 1
  /// All but the first are closed when they had nothing to answer for so long.
  package var idleTime = Duration.seconds(30)
  /// So often an event is told to whoever refuses it; then it becomes a dead letter.
  package var attempts = 5
  /// Whether what a peer was asked when the daemon died may be asked again.
  package var isRepeatable = false
  /// After so many requests in a row without an answer an end is asked nothing for a while; nil: it is asked on.
  package var failureLimit: Int?
  package var failurePause = Duration.seconds(10)
  /// Patterns for the methods, as the other end calls them, whose answers hold for a while.
  package var cachedMethods: [String] = []
  package var cacheTime = Duration.seconds(10)
  /// A file with the token that it shows at a WebSocket; nil: none.
  package var token: String?
  package var files = StreamFiles()
  /// Whether anybody may connect from anywhere.
  package var isUnprotected = false

  package init(name: String, _ manner: Manner, _ address: PeerAddress) {
    self.name = name
    self.manner = manner
    self.address = address
  }

  /// What it carries, as bridges are told.
  package var route: Route {
    var route = Route(named: name)
    route.outward = Crossing(requests: outward, events: outward)
    route.inward = Crossing(requests: inward, events: inward)
    route.acknowledgement = acknowledgement
    route.answeringTime = timeLimit
    route.wire = address.wire
    route.connections = connections
    route.idleTime = idleTime
    route.attempts = attempts
    route.failureLimit = failureLimit
    route.failurePause = failurePause
    route.cachedMethods = cachedMethods
    route.cacheTime = cacheTime
    route.connectingTime = min(route.connectingTime, timeLimit)
    return route
  }
}
