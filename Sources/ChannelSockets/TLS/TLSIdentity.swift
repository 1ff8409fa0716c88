// Who is at the other end.

/// What a certificate that was found good tells of its owner.
package struct TLSIdentity: Sendable, Hashable {
  /// The subject's common name.
  package let commonName: String?
  /// Names of machines, of which one may begin with `*`.
  package let names: [String]
  /// Such as `spiffe://example.org/bridge`.
  package let identifiers: [String]
  /// SHA-256 of the certificate, in hexadecimal digits.
  package let fingerprint: String
}
