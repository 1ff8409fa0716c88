// Why a connection is not secured, or not any more.

/// What ended a secured connection, in words that a person can act upon.
package enum TLSError: Error, Sendable, Hashable {
  // MARK: What is wrong with the other end's certificate

  case certificateExpired(subject: String, on: String)
  case certificateNotValidYet(subject: String, until: String)
  /// It is somebody else's.
  case wrongName(expected: String, has: [String])
  /// Nobody whom we trust has signed it.
  case unknownIssuer(subject: String, issuer: String)
  /// Anything else, in OpenSSL's words.
  case unfitCertificate(subject: String, reason: String)
  /// It has sent none, though we demand one.
  case noCertificate

  // MARK: What both ends do not have in common

  /// The other end speaks nothing newer than TLS 1.2.
  case protocolTooOld
  /// What is to be spoken within (ALPN); `theirs` is empty where the other end said nothing about it or nothing else.
  case noCommonProtocol(ours: [String], theirs: [String])
  /// These are no bytes of TLS.
  case notTLS(begins: [UInt8])

  // MARK: What the other end says of us

  case refused(TLSAlert)

  // MARK: What it does

  /// It has sent more than this before it was known who it is.
  case handshakeTooLong(limit: Int)
  /// It took longer than this to say who it is.
  case handshakeTooSlow(limit: Duration)
  /// It left before it was known who it is.
  case endedInHandshake
  /// It is gone without having said that this was all: something may be missing.
  case truncated
  /// It breaks the rules, in OpenSSL's words; somebody between us may have changed what it sent.
  case broken(String)
}

extension TLSError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .certificateExpired(let subject, let date):
      "the certificate of \(Self.short(subject)) has expired on \(date); have it renewed, or see whether a clock is wrong"
    case .certificateNotValidYet(let subject, let date):
      "the certificate of \(Self.short(subject)) does not hold before \(date); see whether a clock is wrong"
    case .wrongName(let expected, let names):
      names.isEmpty
        ? "the certificate is not that of \(expected), nor of anybody by name; have one made for \(expected)"
        : "the certificate is not that of \(expected) but that of \(Self.short(names)); "
          + "name one of these, or have one made for \(expected)"
    case .unknownIssuer(let subject, let issuer):
      "the certificate of \(Self.short(subject)) was signed by \(Self.short(issuer)), which is not trusted here; "
        + "add that one's certificate to those that are, or have the other end send what is between"
    case .unfitCertificate(let subject, let reason): "the certificate of \(Self.short(subject)) does not do: \(reason)"
    case .noCertificate: "the other end has sent no certificate, and one is demanded; give it one"
    case .protocolTooOld: "the other end speaks no TLS 1.3, and nothing older is spoken here; update it"
    case .noCommonProtocol(let ours, let theirs):
      "the other end speaks \(theirs.isEmpty ? "none" : theirs.joined(separator: ", ")) within TLS (ALPN), "
        + "and it has to be \(ours.joined(separator: " or "))"
    case .notTLS(let bytes):
      Self.isHTTP(bytes)
        ? "the other end speaks plain HTTP where TLS is spoken; have it use https"
        : "what the other end sends is not TLS; see whether it connects to the right port, and with TLS"
    case .refused(let alert): "the other end refuses: \(alert)"
    case .handshakeTooLong(let limit):
      "the other end has sent \(limit) bytes without getting to who it is; see how many certificates it sends"
    case .handshakeTooSlow(let limit): "the other end has not told within \(limit) who it is"
    case .endedInHandshake: "the other end left in the middle of the handshake; its log may say why"
    case .truncated: "the other end is gone without having said that this was all; something may be missing"
    case .broken(let words): "the other end breaks the rules of TLS, or somebody between does: \(words)"
    }
  }

  /// What others have written into a certificate must not fill pages, nor hide what to do.
  private static func short(_ name: String) -> String { name.count > 80 ? "\(name.prefix(79))…" : name }

  private static func short(_ names: [String]) -> String {
    let first = names.prefix(4).map(short).joined(separator: ", ")
    return names.count > 4 ? "\(first) and \(names.count - 4) others" : first
  }

  /// A request, or an answer.
  private static func isHTTP(_ bytes: [UInt8]) -> Bool {
    ["GET ", "HEAD ", "POST ", "PUT ", "OPTIONS ", "CONNECT ", "HTTP/"].contains { bytes.starts(with: $0.utf8) }
  }
}
