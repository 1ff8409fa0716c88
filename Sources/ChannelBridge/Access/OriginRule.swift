// Which pages may have their browsers ask.

/// Keeps pages out that somebody's browser happens to show: a browser connects wherever a page tells it to, also to
/// what only its own machine can reach, and shows where the page came from.
///
/// It holds together with a `HostRule` only: a page whose name was made to lead here looks like one of ours. And no
/// request that a browser makes without saying where from may change anything; those are GET and HEAD.
package struct OriginRule: Hashable, Sendable {
  /// Why a text is no origin.
  package enum Fault: Error, Hashable, Sendable {
    case everybody
    case hasPath(String)
    case malformed(String)
  }

  private let listed: Set<WebOrigin>
  /// How pages of ours are reached.
  private let scheme: String

  /// Besides pages of ours those of these origins, each a scheme, a host and perhaps a port, or `null`. `isSecure` says
  /// whether we are reached by TLS; where something before us ends it, what people see in their browsers has to be
  /// listed.
  package init(listing origins: [String] = [], isSecure: Bool) throws(Fault) {
    var listed: Set<WebOrigin> = []
    for text in origins {
      guard text != "*" else { throw .everybody }
      guard let origin = WebOrigin(text) else { throw Self.hasPath(text) ? .hasPath(text) : .malformed(text) }
      listed.insert(origin)
    }
    self.listed = listed
    scheme = isSecure ? "https" : "http"
  }

  /// Whether somebody may go on who says this of himself in the headers Origin, Host and Sec-Fetch-Site; nil for a
  /// header that is not there. Whoever has one of them twice is to be refused before.
  package func allows(origin: String?, host: String?, fetchSite: String? = nil) -> Bool {
    guard let origin else {
      // No browser, or one that does not say where from; today's say at least whether it was from elsewhere.
      return fetchSite == nil || fetchSite == "same-origin" || fetchSite == "none"
    }
    guard let page = WebOrigin(origin) else { return false }
    if listed.contains(page) { return true }
    guard let host, let own = WebAuthority(host) else { return false }
    return page == .page(scheme: scheme, own.simplified(in: scheme))
  }

  /// Whether pages of this origin may ask from elsewhere, and read what they are answered.
  package func lists(_ origin: String) -> Bool { WebOrigin(origin).map(listed.contains) ?? false }

  /// Whether it would be one without what is behind its host.
  private static func hasPath(_ text: String) -> Bool {
    let parts = text.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    return parts.count == 4 && WebOrigin(parts[..<3].joined(separator: "/")) != nil
  }
}

extension OriginRule.Fault: CustomStringConvertible {
  /// In plain words.
  package var what: String {
    switch self {
    case .everybody: "* would let any page in that a browser shows"
    case .hasPath(let text): "\"\(QuotedText.of(text))\": an origin ends with its host or port"
    case .malformed(let text): "\"\(QuotedText.of(text))\" is no origin"
    }
  }

  /// What to write.
  package var remedy: String {
    switch self {
    case .everybody: "list each origin, like https://example.org"
    case .hasPath: "write it like https://example.org, without a / behind it"
    case .malformed: "write it like https://example.org or http://localhost:3000"
    }
  }

  package var description: String { "\(what) (\(remedy))" }
}
