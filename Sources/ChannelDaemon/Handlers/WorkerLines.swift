// What goes between us and a worker, one JSON object a line.

internal import ChannelMessages
internal import ChannelModel

/// The lines of a worker, fed with what it writes.
///
/// A worker is given each message as an object with the message's own keys, and with `channel` and `direction`, which say
/// what `TRANSOM_CHANNEL` and `TRANSOM_DIRECTION` say to a program that is run for one message:
///
///     {"id":"7c…","timestamp":1700000000000,"type":"request","method":"sum","payload":[1,2],"channel":"/dev/shm/demo","direction":"frontend_to_backend"}
///
/// It answers each, in any order, by one of
///
///     {"id":"7c…","result":3}
///     {"id":"7c…","error":"no numbers"}
///     {"id":"7c…","later":true}
///
/// A result belongs to an event, too; it only says that the event is done with. Blank lines and unknown keys are nothing.
package struct WorkerLines: Sendable {
  package enum Event: Sendable, Hashable {
    case answer(WorkerAnswer)
    /// A line that is none; the next ones are read all the same.
    case malformed(WorkerLineError)
  }

  private let limit: Int
  /// The beginning of a line whose end has not come.
  private var begun: [UInt8] = []
  /// Whether the rest of a line that is too long is still to come.
  private var isSkipping = false
  private var line = 1

  /// Lines of at most so many bytes.
  package init(limit: Int) {
    self.limit = limit
  }

  /// The line that hands a message to a worker.
  package static func line(for job: HandlerJob) -> [UInt8] {
    var message = job.message
    // Nobody but us says where a message came from.
    message.unknownFields.removeAll { $0.name == "channel" || $0.name == "direction" }
    if let channel = MessageField(name: "channel", value: "\(job.path)"),
      let direction = MessageField(name: "direction", value: "\(job.direction.name)")
    {
      message.unknownFields += [channel, direction]
    }
    return message.encode() + [UInt8(ascii: "\n")]
  }

  /// Takes what a worker wrote, and answers what has come to its end with it.
  package mutating func take(_ bytes: [UInt8]) -> [Event] {
    var events: [Event] = []
    var start = 0
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      if let event = finish(with: bytes[start..<end]) { events.append(event) }
      line += 1
      start = end + 1
    }
    if let event = hold(bytes[start...]) { events.append(event) }
    return events
  }

  /// A line has ended with these bytes.
  private mutating func finish(with rest: ArraySlice<UInt8>) -> Event? {
    if isSkipping {
      isSkipping = false
      return nil
    }
    if let event = hold(rest) {
      isSkipping = false
      return event
    }
    defer { begun.removeAll(keepingCapacity: begun.capacity <= 1 << 16) }
    return read(begun)
  }

  /// Keeps what is no whole line, as far as a line goes.
  private mutating func hold(_ more: ArraySlice<UInt8>) -> Event? {
    if isSkipping || more.isEmpty { return nil }
    guard begun.count + more.count <= limit else {
      begun += more.prefix(limit - begun.count)
      var id: String?
      // Its beginning mostly says whose it is.
      try? JSONMembers.walk(begun.span) { member in
        if id == nil, JSONString.matches(begun, member.name, "id") { id = Self.text(begun, member.value) }
      }
      let beginning = begun.prefix(1_000)
      begun = []
      isSkipping = true
      let reason = WorkerLineError.Reason.tooLong(limit: limit)
      return .malformed(WorkerLineError(line: line, offset: limit, reason: reason, id: id, beginning: beginning))
    }
    begun += more
    return nil
  }

  // MARK: One line

  /// What a line says; nil when it says nothing.
  private func read(_ bytes: [UInt8]) -> Event? {
    if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { return nil }
    var found = WorkerLine(bytes)
    do throws(JSONError) {
      try JSONMembers.walk(bytes.span, limits: JSONLimits(bytes: .max)) { found.take($0) }
    } catch {
      let reason: WorkerLineError.Reason = error.reason == .notAMessage ? .notAnObject : .json(error.reason)
      return .malformed(
        WorkerLineError(line: line, offset: error.offset, reason: reason, id: found.id, beginning: bytes)
      )
    }
    do throws(WorkerLine.Problem) {
      return .answer(try found.answer())
    } catch {
      return .malformed(
        WorkerLineError(line: line, offset: error.offset, reason: error.reason, id: found.id, beginning: bytes)
      )
    }
  }

  /// The text that a value is, when it is one.
  static func text(_ bytes: [UInt8], _ value: Range<Int>) -> String? {
    guard bytes[value.lowerBound] == UInt8(ascii: "\"") else { return nil }
    return JSONString.decode(bytes, value.lowerBound + 1..<value.upperBound - 1)
  }
}
