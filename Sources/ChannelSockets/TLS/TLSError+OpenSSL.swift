// What OpenSSL's numbers mean.

internal import COpenSSL

extension TLSError {
  /// OpenSSL's words for an error.
  static func words(_ code: UInt) -> String {
    guard let words = unsafe ERR_reason_error_string(code) else { return "error \(code)" }
    return unsafe String(cString: words)
  }

  /// The first error of this thread's queue.
  static func first(protocols: [String]) -> TLSError {
    let code = ERR_peek_error()
    let reason = ERR_GET_REASON(code)
    guard ERR_GET_LIB(code) == ERR_LIB_SSL else { return .broken(code == 0 ? "it said nothing" : words(code)) }
    // From here on they are the alerts of the other end.
    if (SSL_AD_REASON_OFFSET...SSL_AD_REASON_OFFSET + 255).contains(reason) {
      let alert = TLSAlert(UInt8(reason - SSL_AD_REASON_OFFSET))
      return switch alert {
      case .protocolVersion: .protocolTooOld
      case .noApplicationProtocol: .noCommonProtocol(ours: protocols, theirs: [])
      default: .refused(alert)
      }
    }
    return switch reason {
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: .noCertificate
    case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_WRONG_SSL_VERSION: .protocolTooOld
    default: .broken(words(code))
    }
  }

  /// What a check of a certificate found.
  static func certificate(_ certificate: OpaquePointer?, _ code: Int32, expected: String) -> TLSError {
    let words = unsafe String(cString: X509_verify_cert_error_string(Int(code)))
    guard let certificate = unsafe certificate else { return .unfitCertificate(subject: "nobody", reason: words) }
    let subject = unsafe CertificateFacts.subject(certificate)
    return switch code {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      .certificateExpired(subject: subject, on: unsafe CertificateFacts.end(certificate))
    case X509_V_ERR_CERT_NOT_YET_VALID:
      .certificateNotValidYet(subject: subject, until: unsafe CertificateFacts.beginning(certificate))
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
      .wrongName(expected: expected, has: unsafe CertificateFacts.names(certificate))
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
      X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED:
      .unknownIssuer(subject: subject, issuer: unsafe CertificateFacts.issuer(certificate))
    default: .unfitCertificate(subject: subject, reason: words)
    }
  }
}
