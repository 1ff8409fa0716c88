// Who may do what behind a door.

package import ChannelBridge

/// One rule of a door.
package struct DoorRuleSetting: Sendable, Hashable {
  /// Whom it is about, see `AccessSubject`.
  package var subjects: [String]
  package var channels = ["*"]
  package var methods = ["*"]
  package var events = ["*"]
  package var directions = AccessDirection.allCases
  /// So many messages a second; nil for no limit.
  package var rate: Double?
  /// The most bytes of a message; nil for no limit of its own.
  package var size: Int?

  package init(for subjects: [String]) {
    self.subjects = subjects
  }

  /// The same as a policy has it.
  package func rule() throws(AccessRule.Fault) -> AccessRule {
    try AccessRule(
      for: subjects,
      channels: channels,
      methods: methods,
      events: events,
      directions: Set(directions),
      requestsPerSecond: rate,
      mostBytes: size
    )
  }
}
