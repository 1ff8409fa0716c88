// The only place that meets wslay, and that only its layer of frames: the layer of messages keeps what it likes.

internal import CWslay

/// Frames out of bytes as they come, in pieces as they come too, and the bytes of frames that are sent.
///
/// wslay finds where a frame begins and ends and takes its mask away. It refuses control frames in parts or of more
/// than 125 bytes, and lengths that are not written in the shortest way. What its head says is for the caller to judge.
@safe struct WebSocketFrames: ~Copyable {
  /// Some bytes of a frame, or an empty frame.
  struct Piece {
    let opcode: UInt8
    let reservedBits: UInt8
    let isMasked: Bool
    /// Whether the frame is the last one of its message.
    let endsMessage: Bool
    /// How many bytes the whole frame has.
    let length: UInt64
    let isFirst: Bool
    let isLast: Bool
    /// How many bytes of the frame are still to come with it and behind it.
    let remaining: UInt64
    let count: Int
  }

  /// What wslay reads from. It is told where that is when it begins, so it has an address of its own.
  private final class Source {
    var rest: ArraySlice<UInt8> = []
  }

  /// What wslay writes to.
  private final class Sink {
    let mask: UInt32
    var bytes: [UInt8] = []

    init(mask: UInt32, capacity: Int) {
      self.mask = mask
      bytes.reserveCapacity(capacity)
    }
  }

  private let context: wslay_frame_context_ptr?
  private let source = Source()
  /// Bytes of the piece that was given last; they lie in wslay's own buffer, until the next is asked for.
  private var payload = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)
  /// How many bytes of the frame came before.
  private var received: UInt64 = 0

  init() {
    unsafe context = Self.context(owner: Unmanaged.passUnretained(source).toOpaque())
  }

  deinit {
    unsafe wslay_frame_context_free(context)
  }

  /// Takes what came; all of it is to be read before more is taken.
  mutating func take(_ bytes: [UInt8]) {
    source.rest = bytes[...]
  }

  /// What came next; nil when all was read. After a refusal nothing may be asked any more.
  mutating func next() throws(WebSocketRefusal) -> Piece? {
    var frame = unsafe wslay_frame_iocb()
    let count = unsafe wslay_frame_recv(context, &frame)
    guard count >= 0 else {
      if count == WSLAY_ERR_WANT_READ.rawValue { return nil }
      throw .badFrame
    }
    unsafe payload = UnsafeBufferPointer(start: frame.data, count: frame.data_length)
    let before = received
    let after = unsafe before + UInt64(frame.data_length)
    let isLast = unsafe after == frame.payload_length
    received = isLast ? 0 : after
    return unsafe Piece(
      opcode: frame.opcode,
      reservedBits: frame.rsv,
      isMasked: frame.mask != 0,
      endsMessage: frame.fin != 0,
      length: frame.payload_length,
      isFirst: before == 0,
      isLast: isLast,
      remaining: frame.payload_length - before,
      count: frame.data_length
    )
  }

  /// Appends the bytes of the piece that was given last.
  func append(to bytes: inout [UInt8]) {
    unsafe bytes.append(contentsOf: payload)
  }

  static func encoded(_ opcode: WebSocketOpcode, _ payload: [UInt8], mask: UInt32?) -> [UInt8] {
    // A head has fourteen bytes at most.
    let sink = Sink(mask: mask ?? 0, capacity: payload.count + 14)
    let context = unsafe context(owner: Unmanaged.passUnretained(sink).toOpaque())
    defer { unsafe wslay_frame_context_free(context) }
    let sent = unsafe payload.withUnsafeBufferPointer { payload in
      var frame = unsafe wslay_frame_iocb(
        fin: 1,
        rsv: 0,
        opcode: opcode.rawValue,
        payload_length: UInt64(payload.count),
        mask: mask == nil ? 0 : 1,
        data: payload.baseAddress,
        data_length: payload.count
      )
      return unsafe wslay_frame_send(context, &frame)
    }
    // It writes to memory, which takes all at once.
    precondition(sent == payload.count, "a control frame has \(WebSocketFrame.controlLimit) bytes at most")
    return withExtendedLifetime(sink) { sink.bytes }
  }

  private static func context(owner: UnsafeMutableRawPointer) -> wslay_frame_context_ptr? {
    var callbacks = Self.callbacks
    var context: wslay_frame_context_ptr?
    let status = unsafe wslay_frame_context_init(&context, &callbacks, owner)
    precondition(status == 0, "there is memory for a context of wslay")
    return unsafe context
  }

  private static var callbacks: wslay_frame_callbacks {
    unsafe wslay_frame_callbacks(
      send_callback: { bytes, count, _, owner in
        guard let owner = unsafe owner else { return -1 }
        let sink = unsafe Unmanaged<Sink>.fromOpaque(owner).takeUnretainedValue()
        unsafe sink.bytes.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
        return count
      },
      recv_callback: { room, count, _, owner in
        guard let owner = unsafe owner else { return -1 }
        let source = unsafe Unmanaged<Source>.fromOpaque(owner).takeUnretainedValue()
        let piece = source.rest.prefix(count)
        guard let room = unsafe room, !piece.isEmpty else { return -1 }
        _ = unsafe UnsafeMutableBufferPointer(start: room, count: count).update(fromContentsOf: piece)
        source.rest = source.rest.dropFirst(piece.count)
        return piece.count
      },
      genmask_callback: { room, count, owner in
        guard let owner = unsafe owner, let room = unsafe room, count == 4 else { return -1 }
        let mask = unsafe Unmanaged<Sink>.fromOpaque(owner).takeUnretainedValue().mask
        for place in 0..<4 { unsafe room[place] = UInt8(truncatingIfNeeded: mask >> (24 - 8 * UInt32(place))) }
        return 0
      }
    )
  }
}
