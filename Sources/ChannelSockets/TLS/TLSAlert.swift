// What the other end says when it refuses.

internal import COpenSSL

/// The one number by which an end of TLS tells the other why it ends the connection.
package struct TLSAlert: Sendable, Hashable {
  package let number: UInt8

  package init(_ number: UInt8) {
    self.number = number
  }

  package static let badCertificate = Self(UInt8(SSL_AD_BAD_CERTIFICATE))
  package static let certificateExpired = Self(UInt8(SSL_AD_CERTIFICATE_EXPIRED))
  package static let unknownAuthority = Self(UInt8(SSL_AD_UNKNOWN_CA))
  package static let certificateRequired = Self(UInt8(SSL_AD_CERTIFICATE_REQUIRED))
  static let protocolVersion = Self(UInt8(SSL_AD_PROTOCOL_VERSION))
  static let noApplicationProtocol = Self(UInt8(SSL_AD_NO_APPLICATION_PROTOCOL))
}

extension TLSAlert: CustomStringConvertible {
  package var description: String {
    switch self {
    case .badCertificate: "it finds our certificate bad, perhaps because of the name in it"
    case .certificateExpired: "it says that our certificate has expired; have it renewed"
    case .unknownAuthority: "it does not trust whoever signed our certificate; have that one's added to those it trusts"
    case .certificateRequired: "it demands a certificate, and we sent none; name a certificate and its key"
    default: unsafe "alert \(number), \(String(cString: SSL_alert_desc_string_long(Int32(number))))"
    }
  }
}
