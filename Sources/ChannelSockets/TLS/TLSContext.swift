// What many secured connections have in common.

internal import COpenSSL

/// Settings with the files that they name, read once; it never changes.
///
/// Whoever wants to go by new files makes another one for the connections to come: those that were made with this one
/// keep it. It may be used on all threads.
@safe package final class TLSContext: @unchecked Sendable {
  // @unchecked: what it points to is not changed once this is made, and OpenSSL counts its holders atomically.

  /// What the other end may send as its certificates, together.
  private static let longestChain = 64 << 10

  package let settings: TLSSettings
  let shared: OpaquePointer
  let protocols: [[UInt8]]
  /// What a client asks a server for, which may have several names; numeric addresses are not asked for.
  private(set) var askedName: String?

  /// Reads the files.
  package init(_ settings: TLSSettings) throws(TLSSettingsError) {
    ERR_clear_error()
    self.settings = settings
    protocols = settings.protocols.map { Array($0.utf8) }
    let method =
      switch settings.role {
      case .server: unsafe TLS_server_method()
      case .client: unsafe TLS_client_method()
      }
    guard let shared = unsafe SSL_CTX_new(method), unsafe copenssl_restrict(shared) == 1 else {
      throw TLSSettingsError("libssl", .unusable(TLSError.words(ERR_peek_error())))
    }
    unsafe self.shared = shared
    unsafe copenssl_limit_chain(shared, Self.longestChain)
    switch settings.role {
    case .server(let credential, let clients):
      try take(credential)
      if let clients {
        try trust(clients)
        demandCertificate()
      }
    case .client(let credential, let server, let name):
      if let credential { try take(credential) }
      try trust(server)
      demandCertificate()
      demand(name)
    }
    TLSEngine.setProtocols(self)
  }

  deinit {
    unsafe SSL_CTX_free(shared)
  }

  /// Why nobody believes now that this is us, as far as the time tells; nil also where we say nothing of ourselves.
  package var ownFault: TLSError? {
    guard let certificate = unsafe SSL_CTX_get0_certificate(shared) else { return nil }
    let subject = unsafe CertificateFacts.subject(certificate)
    if unsafe X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0 {
      return .certificateExpired(subject: subject, on: unsafe CertificateFacts.end(certificate))
    }
    if unsafe X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0 {
      return .certificateNotValidYet(subject: subject, until: unsafe CertificateFacts.beginning(certificate))
    }
    return nil
  }

  /// Takes who we are.
  private func take(_ credential: TLSSettings.Credential) throws(TLSSettingsError) {
    let file = credential.certificates
    var isFirst = true
    try unsafe PEMFile(file).forEachCertificate { certificate throws(TLSSettingsError) in
      let answer =
        isFirst
        ? unsafe SSL_CTX_use_certificate(shared, certificate) : unsafe copenssl_add_to_chain(shared, certificate)
      isFirst = false
      guard answer == 1 else { throw TLSSettingsError(file, .unusable(TLSError.words(ERR_peek_error()))) }
    }
    try unsafe PEMFile(credential.key).withKey { key throws(TLSSettingsError) in
      guard unsafe X509_check_private_key(SSL_CTX_get0_certificate(shared), key) == 1 else {
        throw TLSSettingsError(credential.key, .fitsNot(certificates: file))
      }
      guard unsafe SSL_CTX_use_PrivateKey(shared, key) == 1 else {
        throw TLSSettingsError(credential.key, .unusable(TLSError.words(ERR_peek_error())))
      }
    }
  }

  private func trust(_ trust: TLSSettings.Trust) throws(TLSSettingsError) {
    switch trust {
    case .system: _ = unsafe SSL_CTX_set_default_verify_paths(shared)
    case .file(let file):
      let store = unsafe SSL_CTX_get_cert_store(shared)
      try unsafe PEMFile(file).forEachCertificate { certificate throws(TLSSettingsError) in
        // The second tells a client which of its certificates to show.
        guard unsafe X509_STORE_add_cert(store, certificate) == 1,
          unsafe SSL_CTX_add_client_CA(shared, certificate) == 1
        else { throw TLSSettingsError(file, .unusable(TLSError.words(ERR_peek_error()))) }
      }
    }
  }

  private func demandCertificate() {
    unsafe SSL_CTX_set_verify(shared, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT) {
      unsafe TLSEngine.hear($0, ofCheck: $1)
    }
  }

  /// The certificate has to be of this name: its subject's common name does not count, which can say anything.
  private func demand(_ name: String) {
    let rules = unsafe SSL_CTX_get0_param(shared)
    unsafe X509_VERIFY_PARAM_set_hostflags(
      rules,
      UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT)
    )
    // It takes nothing but numeric addresses.
    if unsafe X509_VERIFY_PARAM_set1_ip_asc(rules, name) != 1 {
      unsafe X509_VERIFY_PARAM_set1_host(rules, name, name.utf8.count)
      askedName = name
    }
    ERR_clear_error()
  }
}
