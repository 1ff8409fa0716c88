// Who somebody turned out to be.

internal import LinuxIO

/// Whoever stands at a front door, by what they could show.
package enum AccessIdentity: Hashable, Sendable {
  /// Nothing was shown.
  case anonymous
  /// A token of this name.
  case token(String)
  /// A certificate that was found good, with all its names.
  case certificate([String])
  /// A process of this machine, as the kernel vouches for it.
  case process(user: UInt32, process: Int32)
}

extension AccessIdentity: CustomStringConvertible {
  /// For a line of the log, and for nothing else: whoever has made a certificate has chosen what is said here of it.
  package var description: String {
    switch self {
    case .anonymous: "anonymous"
    case .token(let name): "token \(QuotedText.of(name))"
    case .certificate(let names): "certificate of \(QuotedText.of(names.first ?? "nobody by name"))"
    case .process(let user, let process): PeerCredentials.text(process: process, user: user)
    }
  }
}
