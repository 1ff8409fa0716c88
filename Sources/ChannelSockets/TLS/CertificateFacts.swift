// What a certificate says.

internal import COpenSSL

/// Looks into certificates of OpenSSL.
enum CertificateFacts {
  /// Who it belongs to.
  static func identity(_ certificate: OpaquePointer) -> TLSIdentity {
    var names: [String] = []
    var identifiers: [String] = []
    unsafe forEachName(of: certificate) { kind, bytes in
      guard let text = readable(bytes) else { return }
      if kind == GEN_DNS { names.append(text) }
      if kind == GEN_URI { identifiers.append(text) }
    }
    return TLSIdentity(
      commonName: unsafe commonName(X509_get_subject_name(certificate)),
      names: names,
      identifiers: identifiers,
      fingerprint: unsafe fingerprint(certificate)
    )
  }

  /// How people call its owner.
  static func subject(_ certificate: OpaquePointer) -> String { unsafe words(X509_get_subject_name(certificate)) }

  /// How they call who signed it.
  static func issuer(_ certificate: OpaquePointer) -> String { unsafe words(X509_get_issuer_name(certificate)) }

  /// All names by which its owner may be connected to.
  static func names(_ certificate: OpaquePointer) -> [String] {
    var all: [String] = []
    unsafe forEachName(of: certificate) { kind, bytes in
      if kind == GEN_DNS, let text = readable(bytes) { all.append(text) }
      if kind == GEN_IPADD { all.append(address(bytes)) }
    }
    return all
  }

  static func end(_ certificate: OpaquePointer) -> String { unsafe text(X509_get0_notAfter(certificate)) }

  static func beginning(_ certificate: OpaquePointer) -> String { unsafe text(X509_get0_notBefore(certificate)) }

  private static func text(_ time: UnsafePointer<ASN1_TIME>?) -> String {
    var text = [CChar](repeating: 0, count: 40)
    unsafe copenssl_write_time(time, &text, text.count)
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func fingerprint(_ certificate: OpaquePointer) -> String {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    unsafe X509_digest(certificate, EVP_sha256(), &digest, &count)
    return digest.prefix(Int(count)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Its common name, or all that it says where it has none.
  private static func words(_ name: OpaquePointer?) -> String {
    if let common = unsafe commonName(name) { return common }
    guard let line = unsafe X509_NAME_oneline(name, nil, 0) else { return "nobody" }
    defer { unsafe CRYPTO_free(line, #file, 0) }
    let text = unsafe String(cString: line)
    return text.isEmpty ? "nobody" : text
  }

  private static func commonName(_ name: OpaquePointer?) -> String? {
    let index = unsafe X509_NAME_get_index_by_NID(name, NID_commonName, -1)
    guard index >= 0 else { return nil }
    var bytes: UnsafeMutablePointer<UInt8>?
    let count = unsafe ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)))
    guard count >= 0, let bytes = unsafe bytes else { return nil }
    defer { unsafe CRYPTO_free(bytes, #file, 0) }
    return unsafe readable(Array(UnsafeBufferPointer(start: bytes, count: Int(count))))
  }

  private static func forEachName(of certificate: OpaquePointer, _ body: (Int32, [UInt8]) -> Void) {
    let names = unsafe OpaquePointer(X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil))
    defer { unsafe GENERAL_NAMES_free(names) }
    let all = unsafe copenssl_name_count(names)
    for index in 0..<all {
      var bytes: UnsafePointer<UInt8>?
      var count: Int32 = 0
      let kind = unsafe copenssl_name(names, index, &bytes, &count)
      guard kind >= 0 else { continue }
      unsafe body(kind, Array(UnsafeBufferPointer(start: bytes, count: Int(count))))
    }
  }

  /// Nil where it is no text or has what cannot be seen: a name must not be taken for another that it looks like, nor
  /// end a line.
  static func readable(_ bytes: [UInt8]) -> String? {
    guard let text = String(validating: bytes, as: UTF8.self),
      !text.isEmpty, text.unicodeScalars.allSatisfy({ !$0.properties.generalCategory.isUnseen })
    else { return nil }
    return text
  }

  private static func address(_ bytes: [UInt8]) -> String {
    if bytes.count == 4 { return bytes.map { String($0) }.joined(separator: ".") }
    return stride(from: 0, to: bytes.count - bytes.count % 2, by: 2)
      .map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }.joined(separator: ":")
  }
}

extension Unicode.GeneralCategory {
  fileprivate var isUnseen: Bool {
    switch self {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
