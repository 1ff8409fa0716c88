// A 1.0 program at a channel, made of its steps.

internal import ChannelMessages
internal import Synchronization
internal import TestSupport
internal import Transom

/// Reads and writes one side's files as protocol 1.0 says, and step by step where a test needs that. The real program is
/// met in InteropTests.
struct PeerScene {
  let path: String
  let side: Side

  private var outbox: String { name(of: side) }
  private var inbox: String { name(of: side.other) }

  private func name(of side: Side) -> String {
    "\(path)/\(side == .backend ? "backend_to_frontend" : "frontend_to_backend")"
  }

  var window: String { outbox + ".json" }
  var lock: String { outbox + ".lock" }
  var temporary: String { outbox + ".tmp" }
  /// The window that the other side writes.
  var otherWindow: String { inbox + ".json" }

  /// What the other side shows to 1.0 programs.
  func received() throws -> [Message] { try Self.messages(in: otherWindow) }

  /// What this side's window holds.
  func shown() throws -> [Message] { try Self.messages(in: window) }

  private static func messages(in path: String) throws -> [Message] {
    let bytes = Array((RawFiles.read(path) ?? "").utf8)
    return try MessageArray.scan(bytes).map { element in
      guard let index = element.message else { throw JSONError(offset: element.range.lowerBound, reason: .notAMessage) }
      return Message(index, in: bytes)
    }
  }

  static func event(_ id: String, _ payload: String = "null", at timestamp: UInt64 = 1_700_000_000_000) -> String {
    #"{"id":"\#(id)","timestamp":\#(timestamp),"type":"event","method":"e","payload":\#(payload)}"#
  }

  static func request(_ id: String, _ method: String, at timestamp: UInt64) -> String {
    #"{"id":"\#(id)","timestamp":\#(timestamp),"type":"request","method":"\#(method)","payload":null}"#
  }

  /// Puts a whole window in place of the one that is there, by rename.
  func publish(_ elements: [String]) {
    RawFiles.replace(window, with: elements.isEmpty ? "[]" : "[\n  " + elements.joined(separator: ",\n  ") + "\n]")
  }

  /// Appends elements as its send does: reads all, adds them, keeps the last hundred.
  func send(_ elements: String...) throws {
    let text = RawFiles.read(window) ?? "[]"
    let bytes = Array(text.utf8)
    let present = try MessageArray.scan(bytes).map { String(decoding: bytes[$0.range], as: UTF8.self) }
    publish(Array((present + elements).suffix(100)))
  }
}

/// What a channel told of troubles.
final class ToldTroubles: Sendable {
  private let told = Mutex<[ChannelError]>([])

  var tell: @Sendable (ChannelError) -> Void {
    { error in self.told.withLock { $0.append(error) } }
  }

  var all: [ChannelError] { told.withLock { $0 } }

  /// The first one of a kind, waited for.
  func first(_ code: ChannelError.Code, within limit: Duration = .seconds(10)) async throws -> ChannelError? {
    try await eventually(within: limit) { all.contains { $0.code == code } }
    return all.first { $0.code == code }
  }
}
