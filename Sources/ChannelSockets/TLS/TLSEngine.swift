// One secured connection, without what carries it.

internal import COpenSSL

/// One end of TLS: it is given what came and what is to be sent, and gives out what it means and what has to be carried
/// over. It knows no socket and no time.
///
/// Whatever it was given, `next` is to be called until it answers nil, and then `takeCiphertext`. It holds no more
/// plaintext than it was given ciphertext for and, before the handshake is complete, what was to be written.
@safe package final class TLSEngine {
  /// The other end may send so much before it is known who it is.
  package static let longestHandshake = 64 << 10
  /// So much more than what it carries is a record, and so much may it carry.
  private static let recordOverhead = 22
  private static let longestRecord = 16 << 10
  /// That nothing more comes, as a record.
  private static let closingCount = recordOverhead + 2
  /// What is sealed at once, so that OpenSSL's own memory stays small.
  private static let mostAtOnce = 4 * longestRecord

  private enum State {
    case handshaking
    case open
    /// The other end has said that nothing more comes.
    case ended
    /// This is to be told.
    case failing(TLSError)
    case failed
  }

  let context: TLSContext
  let connection: OpaquePointer
  /// What came and was not looked at.
  private let incoming: OpaquePointer
  /// What has to be carried over, until it is in `ciphertext`.
  private let outgoing: OpaquePointer
  private var state = State.handshaking
  /// What OpenSSL's callbacks found, which says more than its errors.
  var finding: TLSError?
  /// How much came of the handshake.
  private var handshakeCount = 0
  /// What came beyond the limit of the handshake; that is well if it is complete by then.
  private var beyond: ArraySlice<UInt8> = []
  private var hasInputEnded = false
  /// What was to be sent before the handshake was complete.
  private var early: [UInt8] = []
  private var isFinishing = false
  private var ciphertext: [UInt8] = []

  /// Whether `next` may have something to tell.
  package private(set) var hasMore = true

  package init(_ context: TLSContext) throws(TLSError) {
    ERR_clear_error()
    guard let connection = unsafe SSL_new(context.shared) else { throw .broken(TLSError.words(ERR_peek_error())) }
    guard let incoming = unsafe BIO_new(BIO_s_mem()), let outgoing = unsafe BIO_new(BIO_s_mem()) else {
      unsafe SSL_free(connection)
      throw .broken("there is no memory for it")
    }
    // They are the connection's from here on.
    unsafe SSL_set_bio(connection, incoming, outgoing)
    self.context = context
    unsafe self.connection = connection
    unsafe self.incoming = incoming
    unsafe self.outgoing = outgoing
    unsafe SSL_set_ex_data(connection, 0, Unmanaged.passUnretained(self).toOpaque())
    switch context.settings.role {
    case .server: unsafe SSL_set_accept_state(connection)
    case .client:
      unsafe SSL_set_connect_state(connection)
      if let name = context.askedName { _ = unsafe copenssl_ask_for_name(connection, name) }
    }
  }

  deinit {
    unsafe SSL_free(connection)
  }

  // MARK: What it knows

  package var isHandshaking: Bool { if case .handshaking = state { true } else { false } }

  /// Whether a failure is to be told.
  var isFailing: Bool { if case .failing = state { true } else { false } }

  /// How many bytes so many become at most.
  package static func sealedCount(_ count: Int) -> Int {
    count + (count + longestRecord - 1) / longestRecord * recordOverhead
  }

  /// How many bytes will have to be carried over as soon as the handshake is complete.
  package var waitingCount: Int {
    guard isHandshaking else { return 0 }
    return Self.sealedCount(early.count) + (isFinishing ? Self.closingCount : 0)
  }

  // MARK: What it is given

  /// Takes what the other end has sent.
  package func take(_ bytes: ArraySlice<UInt8>) {
    guard !bytes.isEmpty, !hasInputEnded else { return }
    hasMore = true
    switch state {
    case .handshaking:
      guard looksLikeTLS(bytes) else { return state = .failing(.notTLS(begins: Array(bytes.prefix(16)))) }
      let allowed = min(bytes.count, Self.longestHandshake - handshakeCount)
      handshakeCount += allowed
      feed(bytes.prefix(allowed))
      beyond += bytes.dropFirst(allowed)
    case .open: feed(bytes)
    case .ended, .failing, .failed: break
    }
  }

  /// Takes that nothing more comes, whether the other end has said so or not.
  package func takeEnd() {
    hasInputEnded = true
    hasMore = true
  }

  /// Takes what is to be sent.
  package func write(_ bytes: [UInt8]) {
    precondition(!isFinishing, "nothing is written after the end")
    switch state {
    case .handshaking: early += bytes
    case .open, .ended: seal(bytes)
    case .failing, .failed: break
    }
  }

  /// Tells the other end that nothing comes after what was written.
  package func finish() {
    guard !isFinishing else { return }
    isFinishing = true
    switch state {
    case .open, .ended: sealEnd()
    case .handshaking, .failing, .failed: break
    }
  }

  // MARK: What it gives out

  /// What has to be carried over.
  package func takeCiphertext() -> [UInt8] {
    drain()
    defer { ciphertext = [] }
    return ciphertext
  }

  /// What came of what it was given; nil when it has to be given more. It reads through a buffer that holds something.
  package func next(through buffer: inout [UInt8]) -> TLSEvent? {
    switch state {
    case .handshaking: if let event = shakeHands() { return event }
    case .open: if let event = read(through: &buffer) { return event }
    case .failing(let error): return fail(error)
    case .ended, .failed: break
    }
    hasMore = false
    return nil
  }

  private func shakeHands() -> TLSEvent? {
    ERR_clear_error()
    let answer = unsafe SSL_do_handshake(connection)
    if answer == 1 { return complete() }
    if let finding { return fail(finding) }
    switch unsafe SSL_get_error(connection, answer) {
    case SSL_ERROR_WANT_READ:
      if !beyond.isEmpty { return fail(.handshakeTooLong(limit: Self.longestHandshake)) }
      return hasInputEnded ? fail(.endedInHandshake) : nil
    case SSL_ERROR_SSL: return fail(.first(protocols: context.settings.protocols))
    default: return fail(.endedInHandshake)
    }
  }

  private func complete() -> TLSEvent {
    let peer = self.peer
    if peer.protocolName == nil, !context.protocols.isEmpty {
      // Not even the end of the handshake is sent: the other end must not think that all is well.
      _ = takeCiphertext()
      return fail(.noCommonProtocol(ours: context.settings.protocols, theirs: []))
    }
    state = .open
    feed(beyond)
    beyond = []
    seal(early)
    early = []
    if isFinishing { sealEnd() }
    return .secured(peer)
  }

  private func read(through buffer: inout [UInt8]) -> TLSEvent? {
    var count = 0
    var answer: Int32 = 1
    while count < buffer.count {
      ERR_clear_error()
      var more = 0
      answer = unsafe buffer.withUnsafeMutableBytes { bytes in
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[count...])
        return unsafe SSL_read_ex(connection, room.baseAddress, room.count, &more)
      }
      guard answer == 1 else { break }
      count += more
    }
    if answer != 1 {
      switch unsafe SSL_get_error(connection, answer) {
      case SSL_ERROR_WANT_READ: if hasInputEnded { state = .failing(.truncated) }
      case SSL_ERROR_ZERO_RETURN:
        // Met again when what came before was told.
        guard count == 0 else { break }
        state = .ended
        return .ended
      default: state = .failing(finding ?? .first(protocols: context.settings.protocols))
      }
    }
    if count > 0 { return .received(Array(buffer.prefix(count))) }
    if case .failing(let error) = state { return fail(error) }
    return nil
  }

  private func fail(_ error: TLSError) -> TLSEvent {
    state = .failed
    early = []
    beyond = []
    return .failed(error)
  }

  // MARK: OpenSSL's memory

  /// A connection begins with the handshake or with an alert; OpenSSL tells of other things only when it has more of
  /// them than some ever send.
  private func looksLikeTLS(_ bytes: ArraySlice<UInt8>) -> Bool {
    for (place, byte) in zip((0..<2).dropFirst(handshakeCount), bytes) {
      let isExpected =
        place == 0 ? byte == SSL3_RT_HANDSHAKE || byte == SSL3_RT_ALERT : byte == SSL3_VERSION_MAJOR
      if !isExpected { return false }
    }
    return true
  }

  private func feed(_ bytes: ArraySlice<UInt8>) {
    guard !bytes.isEmpty else { return }
    let taken = unsafe bytes.withUnsafeBytes { unsafe BIO_write(incoming, $0.baseAddress, Int32($0.count)) }
    if taken != bytes.count { state = .failing(.broken("there is no memory for what it sends")) }
  }

  private func seal(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      ERR_clear_error()
      var taken = 0
      let answer = unsafe rest.prefix(Self.mostAtOnce).withUnsafeBytes {
        unsafe SSL_write_ex(connection, $0.baseAddress, $0.count, &taken)
      }
      guard answer == 1 else { return cannotSend() }
      rest = rest.dropFirst(taken)
      drain()
    }
  }

  private func sealEnd() {
    ERR_clear_error()
    if unsafe SSL_shutdown(connection) < 0 { cannotSend() }
    drain()
  }

  /// Nothing can be sent in the middle of a message by which the other end changes its keys, and nobody who keeps to the
  /// rules sends half of one.
  private func cannotSend() {
    state = .failing(ERR_peek_error() == 0 ? .broken("half a message") : .first(protocols: context.settings.protocols))
    hasMore = true
  }

  private func drain() {
    let count = Int(unsafe copenssl_pending(outgoing))
    guard count > 0 else { return }
    let more = unsafe [UInt8](unsafeUninitializedCapacity: count) {
      unsafe $1 = Int(max(0, BIO_read(outgoing, $0.baseAddress, Int32(count))))
    }
    if ciphertext.isEmpty { ciphertext = more } else { ciphertext += more }
  }
}
