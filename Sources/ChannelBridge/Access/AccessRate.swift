// How often somebody may ask.

package import ChannelModel

/// The rates of all who have one: it is somebody's own however many connections he comes with.
///
/// All processes of a user share a rate, as do all who are anonymous. As many requests as come in a second may come at
/// once.
package struct AccessRate: Sendable {
  private struct Key: Hashable {
    let identity: AccessIdentity
    /// Where the rules have changed, a new rate begins.
    let perSecond: Double
  }

  private var limits: [Key: RateLimit] = [:]
  /// When there are so many, those are forgotten that make no difference.
  private var mostKept = 1_024

  package init() {}

  /// How many are remembered.
  package var count: Int { limits.count }

  /// Takes one of the requests that somebody may make, or says how long there is none.
  package mutating func take(
    _ identity: AccessIdentity,
    by permission: AccessPermission,
    at now: Moment
  ) -> Duration? {
    guard let perSecond = permission.requestsPerSecond else { return nil }
    let key = Key(identity: Self.shared(identity), perSecond: perSecond)
    if limits.count >= mostKept, limits[key] == nil { forget(at: now) }
    return limits[key, default: RateLimit(perSecond: perSecond, holding: .seconds(1))].take(at: now)
  }

  private mutating func forget(at now: Moment) {
    limits = limits.filter { !$0.value.isFull(at: now) }
    // Twice of what is in use, lest each new one have all of them looked at.
    mostKept = max(1_024, limits.count * 2)
  }

  /// Of a process only the user counts: it can have any number of others made.
  private static func shared(_ identity: AccessIdentity) -> AccessIdentity {
    if case .process(let user, _) = identity { .process(user: user, process: 0) } else { identity }
  }
}
