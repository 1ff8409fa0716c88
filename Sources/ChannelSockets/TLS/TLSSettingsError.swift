// What is wrong with the files of a secured connection.

internal import LinuxIO

/// A file that nothing can be secured with: which, why, and what to do.
package struct TLSSettingsError: Error, Sendable, Hashable {
  /// Why it does not do; the set is closed.
  package enum Reason: Sendable, Hashable {
    /// It cannot be had, in the words of whoever was asked for it.
    case unreadable(String)
    /// It has no such thing in PEM.
    case notPEM(Content)
    /// The key is not that of the first certificate in this file.
    case fitsNot(certificates: String)
    /// Others than its owner and group may read or write the key.
    case openToOthers(permissions: UInt32)
    /// The key can be read only by who knows its password.
    case encrypted
    /// OpenSSL will not work with it, for this reason.
    case unusable(String)
  }

  /// What a file is asked for.
  package enum Content: Sendable, Hashable {
    case certificate, key
  }

  package let file: String
  package let reason: Reason

  init(_ file: String, _ reason: Reason) {
    self.file = file
    self.reason = reason
  }
}

extension TLSSettingsError: CustomStringConvertible {
  package var description: String { "\(file): \(what)" }

  private var what: String {
    switch reason {
    case .unreadable(let words): words
    case .notPEM(.certificate):
      "has no certificate in PEM; it has to begin with -----BEGIN CERTIFICATE-----, "
        + "which openssl x509 -inform der -in FILE makes of one in DER"
    case .notPEM(.key):
      "has no key in PEM; it has to begin with -----BEGIN PRIVATE KEY-----, "
        + "which openssl pkey -inform der -in FILE makes of one in DER"
    case .fitsNot(let certificates):
      "is not the key of the first certificate in \(certificates); name the key that was made with it"
    case .openToOthers(let permissions):
      "may be read or written by everybody (its mode is \(String(permissions, radix: 8))); chmod o= \(file)"
    case .encrypted:
      "is encrypted, and nobody can be asked for its password; openssl pkey -in \(file) -out NEW decrypts it"
    case .unusable(let words): "cannot be used: \(words)"
    }
  }
}
