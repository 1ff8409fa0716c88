// Who may do what.

internal import ChannelModel

/// Rules, of which the first that is about somebody holds, and no other.
package struct AccessPolicy: Hashable, Sendable {
  package let rules: [AccessRule]

  package init(_ rules: [AccessRule]) {
    self.rules = rules
  }

  package init(_ level: AccessLevel) {
    let subjects: [AccessSubject] =
      switch level {
      case .open: [.anonymous, .known]
      case .token: [.token(MethodPattern("*"))]
      case .certificate: [.certificate(MethodPattern("*"))]
      }
    self.init([AccessRule(everythingFor: subjects)])
  }

  /// What somebody may do; nil: nothing.
  package func permission(of identity: AccessIdentity) -> AccessPermission? {
    let rule = rules.first { $0.subjects.contains { $0.includes(identity) } }
    return rule.flatMap { $0.permission.isAny ? $0.permission : nil }
  }
}
