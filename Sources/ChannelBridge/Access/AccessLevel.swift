// What everybody has to show.

/// How a front door tells those who may come in, where no rules say it.
package enum AccessLevel: String, Hashable, Sendable, CaseIterable {
  /// Anybody may do everything.
  case open = "none"
  /// Whoever has a token.
  case token = "token"
  /// Whoever has a certificate.
  case certificate = "mtls"
}
