// By which names we may be called.

/// Keeps those out that call us by a name which is not ours. A page can have its own name lead to this machine, and is
/// for its browser a page of ours then; but it cannot have the browser write another name.
///
/// It is for what listens at a port. To a Unix socket no browser connects, and programs write there what they like.
package struct HostRule: Hashable, Sendable {
  /// A text is no host.
  package struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(text: String) {
      self.text = text
    }

    /// In plain words, and what to write.
    package var what: String { "\"\(QuotedText.of(text))\" is no host" }
    package var remedy: String { "write it like example.org, or example.org:8080 for that port only" }
    package var description: String { "\(what) (\(remedy))" }
  }

  /// Nil: any.
  private let hosts: Set<WebAuthority>?

  /// Where we listen on this machine's own addresses only, what those are called, and these hosts; elsewhere these
  /// hosts, or any when there are none. A host without a port is meant with any.
  package init(listing hosts: [String] = [], isLoopbackOnly: Bool) throws(Fault) {
    var all: Set<WebAuthority> = []
    for text in (isLoopbackOnly ? ["localhost", "127.0.0.1", "[::1]"] : []) + hosts {
      guard let host = WebAuthority(text) else { throw Fault(text: text) }
      all.insert(host)
    }
    self.hosts = all.isEmpty ? nil : all
  }

  /// Whether somebody may go on whose Host header says this; nil when there is none, as of no browser.
  package func allows(host: String?) -> Bool {
    guard let hosts else { return true }
    guard let host, let called = WebAuthority(host) else { return false }
    return hosts.contains(called) || hosts.contains(called.anyPort)
  }
}
