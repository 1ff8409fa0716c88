// Files of certificates and keys.

internal import COpenSSL
internal import LinuxIO

/// A file in PEM, read whole.
final class PEMFile {
  /// All authorities that a system trusts are about a quarter of it.
  private static let highestByteCount: Int64 = 1 << 20

  private let path: String
  private let permissions: UInt32
  private var bytes: [UInt8]

  /// Links are followed, since tools that renew certificates leave links to them.
  init(_ path: String) throws(TLSSettingsError) {
    self.path = path
    guard let whole = WholePath.of(path) else {
      throw TLSSettingsError(path, .unreadable("there is no such file, or it is where nobody may look"))
    }
    let (folder, name) = (
      whole.prefix(through: whole.lastIndex(of: "/") ?? whole.startIndex), whole.split(separator: "/")
    )
    do throws(FileError) {
      let file = try Directory.open(String(folder) + ".")
        .openRegularFile(String(name.last ?? ""), limit: Self.highestByteCount)
      permissions = file.factsAtOpening.permissions
      bytes = try file.readAll(limit: Self.highestByteCount)
    } catch {
      let words =
        switch error {
        case .system(let error): error.what
        case .refused(let refusal): "\(refusal.reason.what); \(refusal.reason.remedy)"
        }
      throw TLSSettingsError(path, .unreadable(words))
    }
  }

  deinit {
    // A key must not lie about in memory that others get next.
    unsafe bytes.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
  }

  /// Hands out each certificate, at least one; it is freed afterwards.
  func forEachCertificate(_ body: (OpaquePointer) throws(TLSSettingsError) -> Void) throws(TLSSettingsError) {
    var count = 0
    try unsafe withBytes { source throws(TLSSettingsError) in
      // Without a function that knows no password OpenSSL would ask for one at the terminal.
      while let certificate = unsafe PEM_read_bio_X509(source, nil, { _, _, _, _ in -1 }, nil) {
        defer { unsafe X509_free(certificate) }
        count += 1
        try unsafe body(certificate)
      }
      // Behind the last there is none; anything else is a certificate that was damaged.
      let code = ERR_peek_last_error()
      guard count > 0, ERR_GET_REASON(code) == PEM_R_NO_START_LINE else {
        throw count > 0 || ERR_GET_REASON(code) != PEM_R_NO_START_LINE
          ? TLSSettingsError(path, .unusable("certificate \(count + 1): \(TLSError.words(code))"))
          : TLSSettingsError(path, .notPEM(.certificate))
      }
    }
  }

  /// Hands out the key, which is freed afterwards.
  func withKey(_ body: (OpaquePointer) throws(TLSSettingsError) -> Void) throws(TLSSettingsError) {
    // A group may be meant to, as the one that Debian has for keys.
    guard permissions & 0o007 == 0 else { throw TLSSettingsError(path, .openToOthers(permissions: permissions)) }
    try unsafe withBytes { source throws(TLSSettingsError) in
      guard let key = unsafe PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil) else {
        let code = ERR_peek_last_error()
        throw switch ERR_GET_REASON(code) {
        case PEM_R_NO_START_LINE, Int32(ERR_R_UNSUPPORTED): TLSSettingsError(path, .notPEM(.key))
        case PEM_R_BAD_PASSWORD_READ: TLSSettingsError(path, .encrypted)
        default: TLSSettingsError(path, .unusable(TLSError.words(code)))
        }
      }
      defer { unsafe EVP_PKEY_free(key) }
      try unsafe body(key)
    }
  }

  private func withBytes(_ body: (OpaquePointer) throws(TLSSettingsError) -> Void) throws(TLSSettingsError) {
    ERR_clear_error()
    var failure: TLSSettingsError?
    unsafe bytes.withUnsafeBytes { bytes in
      guard let source = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else {
        failure = TLSSettingsError(path, .unusable("there is no memory for it"))
        return
      }
      defer { unsafe BIO_free(source) }
      do throws(TLSSettingsError) {
        try unsafe body(source)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}
