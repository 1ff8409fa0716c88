/// A message of a channel, as an application sees it.
public struct Message: Sendable, Hashable {
  /// Names the message; a response carries its request's id in `replyTo`.
  public var id: String
  /// When it was sent, in milliseconds since 1970; what a window shows may have been moved to keep the order.
  public var timestamp: UInt64
  /// What it is for.
  public var kind: MessageKind
  /// The id of the request that this responds to.
  public var replyTo: String?
  /// The method of a request, the name of an event.
  public var method: String?
  /// What is sent; `null` when there is nothing.
  public var payload: JSONText
  /// Why a request failed.
  public var error: String?
  /// Keys that protocol 1.0 does not know, in the order they came in.
  public var unknownFields: [MessageField]

  /// A message made of its parts.
  ///
  /// - Parameters:
  ///   - id: Names the message.
  ///   - timestamp: Milliseconds since 1970.
  ///   - kind: What it is for.
  ///   - replyTo: The id of the request that it responds to.
  ///   - method: The method of a request, the name of an event.
  ///   - payload: What is sent.
  ///   - error: Why a request failed.
  ///   - unknownFields: Further keys.
  public init(
    id: String,
    timestamp: UInt64,
    kind: MessageKind,
    replyTo: String? = nil,
    method: String? = nil,
    payload: JSONText = .null,
    error: String? = nil,
    unknownFields: [MessageField] = []
  ) {
    self.id = id
    self.timestamp = timestamp
    self.kind = kind
    self.replyTo = replyTo
    self.method = method
    self.payload = payload
    self.error = error
    self.unknownFields = unknownFields
  }
}

extension Message {
  /// About how many bytes of memory it takes.
  package var heldByteCount: Int {
    let texts = id.utf8.count + (method?.utf8.count ?? 0) + (replyTo?.utf8.count ?? 0) + (error?.utf8.count ?? 0)
    return unknownFields.reduce(payload.bytes.count + texts) { $0 + $1.name.utf8.count + $1.value.bytes.count }
  }
}
