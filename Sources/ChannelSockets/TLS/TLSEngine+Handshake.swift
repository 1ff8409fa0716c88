// What is agreed on in a handshake.

internal import COpenSSL

extension TLSEngine {
  /// What has come of the handshake.
  var peer: TLSPeer {
    var identity: TLSIdentity?
    if let certificate = unsafe SSL_get1_peer_certificate(connection) {
      identity = unsafe CertificateFacts.identity(certificate)
      unsafe X509_free(certificate)
    }
    var name: UnsafePointer<UInt8>?
    var count: UInt32 = 0
    unsafe SSL_get0_alpn_selected(connection, &name, &count)
    let bytes = unsafe Array(UnsafeBufferPointer(start: name, count: Int(count)))
    return TLSPeer(identity: identity, protocolName: bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self))
  }

  /// Has connections made with this context agree on a protocol.
  static func setProtocols(_ context: TLSContext) {
    guard !context.protocols.isEmpty else { return }
    switch context.settings.role {
    case .client:
      let list = context.protocols.flatMap { [UInt8($0.count)] + $0 }
      unsafe SSL_CTX_set_alpn_protos(context.shared, list, UInt32(list.count))
    case .server:
      unsafe SSL_CTX_set_client_hello_cb(
        context.shared,
        { connection, alert, _ in unsafe TLSEngine.greet(connection, alert) },
        nil
      )
      unsafe SSL_CTX_set_alpn_select_cb(
        context.shared,
        { connection, choice, count, offer, offerCount, _ in
          let offer = unsafe UnsafeBufferPointer(start: offer, count: Int(offerCount))
          return unsafe TLSEngine.choose(connection, from: offer, choice, count)
        },
        nil
      )
    }
  }

  /// Hears what a check found of one of the other end's certificates, and leaves it at that.
  static func hear(_ isGood: Int32, ofCheck check: OpaquePointer?) -> Int32 {
    let connection = unsafe X509_STORE_CTX_get_ex_data(check, SSL_get_ex_data_X509_STORE_CTX_idx())
    guard isGood != 1, let engine = unsafe of(OpaquePointer(connection)), engine.finding == nil else { return isGood }
    engine.finding = unsafe .certificate(
      X509_STORE_CTX_get_current_cert(check),
      X509_STORE_CTX_get_error(check),
      expected: engine.expectedName
    )
    return isGood
  }

  private var expectedName: String {
    switch context.settings.role {
    case .client(_, _, let name): name
    case .server: "a client"
    }
  }

  /// Refuses a client that does not say what it wants to speak; OpenSSL asks for the choice only where there is one.
  private static func greet(_ connection: OpaquePointer?, _ alert: UnsafeMutablePointer<Int32>?) -> Int32 {
    guard unsafe !has(TLSEXT_TYPE_application_layer_protocol_negotiation, connection),
      // What is too old for us is told as such.
      unsafe has(TLSEXT_TYPE_supported_versions, connection), let engine = unsafe of(connection)
    else { return SSL_CLIENT_HELLO_SUCCESS }
    engine.finding = .noCommonProtocol(ours: engine.context.settings.protocols, theirs: [])
    unsafe alert?.pointee = SSL_AD_NO_APPLICATION_PROTOCOL
    return SSL_CLIENT_HELLO_ERROR
  }

  private static func has(_ kind: Int32, _ connection: OpaquePointer?) -> Bool {
    unsafe SSL_client_hello_get0_ext(connection, UInt32(kind), nil, nil) == 1
  }

  /// Chooses what we like best of what a client offers.
  private static func choose(
    _ connection: OpaquePointer?,
    from offer: UnsafeBufferPointer<UInt8>,
    _ choice: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ count: UnsafeMutablePointer<UInt8>?
  ) -> Int32 {
    guard let engine = unsafe of(connection) else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    // Each name stands behind its length.
    var places: [[UInt8]: Int] = [:]
    var theirs: [String] = []
    var place = 0
    while place < offer.count {
      let end = unsafe min(place + 1 + Int(offer[place]), offer.count)
      let name = unsafe Array(offer[place + 1..<end])
      places[name] = place + 1
      if let text = CertificateFacts.readable(name) { theirs.append(text) }
      place = end
    }
    guard let best = engine.context.protocols.first(where: { places[$0] != nil }), let place = places[best] else {
      engine.finding = .noCommonProtocol(ours: engine.context.settings.protocols, theirs: theirs)
      return SSL_TLSEXT_ERR_ALERT_FATAL
    }
    unsafe choice?.pointee = offer.baseAddress?.advanced(by: place)
    unsafe count?.pointee = UInt8(best.count)
    return SSL_TLSEXT_ERR_OK
  }

  private static func of(_ connection: OpaquePointer?) -> TLSEngine? {
    unsafe SSL_get_ex_data(connection, 0).map { unsafe Unmanaged<TLSEngine>.fromOpaque($0).takeUnretainedValue() }
  }
}
