// Who is let in by a door.

internal import ChannelModel
internal import ChannelWires

/// Finds out who asks and what he may do, before anything of his request is looked at.
package struct DoorAccess: Sendable {
  private let tokens: AccessTokens?
  private let policy: AccessPolicy
  let origins: OriginRule
  /// Nil at a Unix socket, which no name leads to.
  private let hosts: HostRule?

  /// Why somebody is not let in: what he is told says nothing of it.
  struct Refusal: Error {
    let fault: DoorFault
    let reason: String
  }

  package init(
    tokens: AccessTokens? = nil,
    policy: AccessPolicy,
    origins: OriginRule,
    hosts: HostRule?
  ) {
    self.tokens = tokens
    self.policy = policy
    self.origins = origins
    self.hosts = hosts
  }

  /// Whether those who come may show tokens.
  var hasTokens: Bool { tokens != nil }

  /// Who it is, what he may do, and what he has shown for it.
  func judge(
    _ request: HTTPRequest,
    from caller: HTTPCaller,
    token: String?,
    at now: WallTime
  ) throws(Refusal) -> AccessPass {
    try checkWays(of: request)
    let identity = try identity(request, caller, token, now)
    if let permission = policy.permission(of: identity) {
      var token: AccessToken?
      if case .token(let name) = identity { token = tokens?.token(named: name) }
      return AccessPass(identity: identity, permission: permission, token: token)
    }
    guard hasShownEnough(identity) else { throw Self.unknown("\(identity) has shown no token") }
    throw Self.forbidden("no rule lets \(identity) in")
  }

  /// Why somebody may not stay who was let in before, maybe by other rules; nil when he may.
  func objection(to pass: AccessPass, at now: WallTime) -> String? {
    if let shown = pass.token {
      guard let known = tokens?.token(named: shown.name) else { return "its token is none that is known any more" }
      guard known.hash == shown.hash else { return "the token of its name is another now" }
      if known.hasExpired(at: now) { return "its token has expired" }
    }
    guard let permission = policy.permission(of: pass.identity) else { return "no rule lets it in any more" }
    return permission == pass.permission ? nil : "the rules for it have changed"
  }

  /// Whether nothing else could help him in that he could still show.
  private func hasShownEnough(_ identity: AccessIdentity) -> Bool {
    switch identity {
    case .token: true
    case .anonymous: false
    case .certificate, .process: tokens == nil
    }
  }

  /// What a browser says of the page that asks, and by which name it came here.
  func checkWays(of request: HTTPRequest) throws(Refusal) {
    let (host, seen) = (request.values(of: "Host").first, request.values(of: "Origin"))
    if let hosts, !hosts.allows(host: host) { throw Self.forbidden("it came by the name \(QuotedText.of(host ?? ""))") }
    guard seen.count <= 1 else { throw Self.forbidden("it comes from several origins") }
    guard
      origins.allows(origin: seen.first, host: host, fetchSite: request.values(of: "Sec-Fetch-Site").first)
    else { throw Self.forbidden("its page is of \(QuotedText.of(seen.first ?? "somewhere else"))") }
  }

  private func identity(
    _ request: HTTPRequest,
    _ caller: HTTPCaller,
    _ token: String?,
    _ now: WallTime
  ) throws(Refusal) -> AccessIdentity {
    let words = request.values(of: "Authorization").flatMap { $0.split(separator: " ", maxSplits: 1) }
    let bearer = words.count == 2 && words[0].lowercased() == "bearer" ? String(words[1]) : nil
    // Where there are no tokens it is for somebody else, such as a program behind the gateway.
    if let tokens, let shown = bearer ?? token {
      switch tokens.find(Array(shown.utf8), at: now) {
      case .valid(let name): return .token(name)
      case .expired(let name): throw Self.unknown("the token \(QuotedText.of(name)) has expired")
      case .unknown: throw Self.unknown("its token is none that is known")
      }
    }
    if let certificate = caller.certificate { return AccessIdentity(certificate) }
    if let process = caller.process { return AccessIdentity(process) }
    return .anonymous
  }

  private static func unknown(_ reason: String) -> Refusal {
    Refusal(fault: DoorFault(.unauthorized, "refused", "show who you are: Authorization: Bearer TOKEN"), reason: reason)
  }

  private static func forbidden(_ reason: String) -> Refusal {
    Refusal(fault: DoorFault(.forbidden, "refused", "this is not for you"), reason: reason)
  }
}
