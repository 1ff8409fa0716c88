// What goes where, and how carefully.

internal import ChannelModel
package import ChannelWires

/// Between one side of a channel and whoever is at the other end of a stream.
package struct Route: Sendable, Hashable {
  /// When an event is done with, and needs not be kept for the other end any more.
  package enum Acknowledgement: String, Hashable, Sendable, CaseIterable {
    /// Its bytes are out of this process.
    case written
    /// The other end has said so, message by message; and is told of each of its own events that it is in the journal.
    case peer
  }

  /// Names it in what is told, and names its reader.
  package let name: String
  /// From the channel to the stream.
  package var outward = Crossing()
  /// From the stream to the channel.
  package var inward = Crossing()
  package var acknowledgement = Acknowledgement.written
  /// So long a request waits for a connection that may take it.
  package var connectingTime = Duration.seconds(5)
  /// So long an answer is waited for, from either end.
  package var answeringTime = Duration.seconds(30)
  /// So many connections lead to whoever is connected to, while there is enough to ask.
  package var connections = 1
  /// All but the first are closed when they had nothing to answer for so long.
  package var idleTime = Duration.seconds(30)
  /// So long what nobody comes for is kept at a door.
  package var keepingTime = DoorReaders.keepingTime
  /// So often an event is told to whoever refuses it, where there is somewhere to set it aside then.
  package var attempts = 5
  /// After so many requests in a row that got no answer an end is asked nothing for a while; nil: it is asked on.
  package var failureLimit: Int?
  package var failurePause = Duration.seconds(10)
  /// Patterns for the methods, as they are called there, whose answers hold for a while; none are remembered when empty.
  package var cachedMethods: [String] = []
  package var cacheTime = Duration.seconds(10)
  /// How messages are written on the stream.
  package var wire = WireKind.lines

  package init(named name: String) {
    self.name = name
  }

  /// Leaves an end alone that fails; nil where none does.
  var breaker: CircuitBreaker? { failureLimit.map { CircuitBreaker(after: $0, for: failurePause) } }

  var pool: ConnectionPool { ConnectionPool(most: connections, idleTime: idleTime) }

  /// Remembers answers; nil where none are.
  var cache: AnswerCache? {
    cachedMethods.isEmpty ? nil : AnswerCache(of: cachedMethods.map(MethodPattern.init), for: cacheTime)
  }

  /// Under which events of the channel are kept for the other end.
  package var readerName: String { "bridge-\(name)" }
}
