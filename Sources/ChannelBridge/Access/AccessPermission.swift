// What somebody may do.

package import ChannelModel

/// What a rule lets somebody do. Answers go both ways with the requests that they belong to.
package struct AccessPermission: Hashable, Sendable {
  package let channels: [MethodPattern]
  /// Of requests, whoever asks.
  package let methods: [MethodPattern]
  package let events: [MethodPattern]
  package let directions: Set<AccessDirection>
  /// Nil: any number.
  package let requestsPerSecond: Double?
  /// So long may one message be; nil: as long as any.
  package let mostBytes: Int?

  /// Whether there is anything that it lets somebody do.
  var isAny: Bool { !channels.isEmpty && !directions.isEmpty && !(methods.isEmpty && events.isEmpty) }

  /// Whether they may have to do with a channel at all.
  package func mayUse(_ channel: String) -> Bool { channels.contains { $0.matches(channel) } }

  /// Whether they may request that of a channel.
  package func mayRequest(_ method: String, of channel: String) -> Bool {
    may(.inward, channel) && methods.contains { $0.matches(method) }
  }

  /// Whether a channel's requests for that may go to them.
  package func mayBeAsked(_ method: String, by channel: String) -> Bool {
    may(.outward, channel) && methods.contains { $0.matches(method) }
  }

  /// Whether there is anything that they may be asked.
  var mayBeAskedAnything: Bool { directions.contains(.outward) && !methods.isEmpty }

  /// Whether they may tell a channel of such an event.
  package func mayTell(_ event: String, to channel: String) -> Bool {
    may(.inward, channel) && events.contains { $0.matches(event) }
  }

  /// Whether they may hear of a channel's events of that name.
  package func mayHear(_ event: String, of channel: String) -> Bool {
    may(.outward, channel) && events.contains { $0.matches(event) }
  }

  /// Whether there is anything that they may hear of.
  var mayHearAnything: Bool { directions.contains(.outward) && !events.isEmpty }

  private func may(_ direction: AccessDirection, _ channel: String) -> Bool {
    directions.contains(direction) && mayUse(channel)
  }
}
