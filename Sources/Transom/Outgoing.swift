// What is about to be sent.

internal import ChannelMessages
internal import ChannelModel

/// A message before it has an id: for sending several at once, or with keys of your own.
public struct Outgoing: Sendable, Hashable {
  /// With an id that stands in the place of the one that the journal will give.
  private let message: Message

  private init(
    _ kind: MessageKind,
    replyTo: String? = nil,
    method: String? = nil,
    payload: JSONText,
    error: String? = nil,
    fields: [MessageField]
  ) {
    message = Message(
      id: Self.placeholder,
      timestamp: 0,
      kind: kind,
      replyTo: replyTo,
      method: method,
      payload: payload,
      error: error,
      unknownFields: fields
    )
  }

  /// An event: tells something, nobody answers.
  public static func event(_ name: String, _ payload: JSONText = .null, fields: [MessageField] = []) -> Outgoing {
    Outgoing(.event, method: name, payload: payload, fields: fields)
  }

  /// A request whose answer is looked for in the messages that come, by ``Receipt/id``; `request` of a
  /// ``Channel`` waits for it by itself.
  public static func request(_ method: String, _ payload: JSONText = .null, fields: [MessageField] = []) -> Outgoing {
    Outgoing(.request, method: method, payload: payload, fields: fields)
  }

  /// The answer to a request.
  public static func response(to id: String, _ payload: JSONText, fields: [MessageField] = []) -> Outgoing {
    Outgoing(.response, replyTo: id, payload: payload, fields: fields)
  }

  /// The answer to a request that failed.
  public static func failure(of id: String, _ reason: String, fields: [MessageField] = []) -> Outgoing {
    Outgoing(.response, replyTo: id, payload: .null, error: reason, fields: fields)
  }

  private static let placeholder = String(repeating: "0", count: 36)

  /// The most that a message may hold; what a record adds to it stays below what a reader believes.
  static let highestByteCount = 64 << 20

  /// The message as it goes into the journal, its id still to be written.
  func draft(at time: WallTime, path: String) throws(ChannelError) -> JournalDraft {
    if let hazard = message.payload.peerHazard {
      throw ChannelError(.wouldPoisonPeer, at: path, "the payload has \(hazard), which a 1.0 program cannot read")
    }
    var message = message
    message.timestamp = time.milliseconds
    let bytes = message.encode()
    guard bytes.count <= Self.highestByteCount else {
      throw ChannelError(.tooLarge, at: path, "a message of \(bytes.count) bytes; the most is \(Self.highestByteCount)")
    }
    return .own(bytes)
  }
}
