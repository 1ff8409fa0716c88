internal import ChannelMessages
internal import ChannelWires

extension FuzzTarget {
  /// A message as the body of an answer, in both forms, as a browser and a reader of lines take it.
  ///
  /// Memory: the message as for itself; its text, that of it with a mark, and what stands around either, in arrays that
  /// double.
  static let eventStream = FuzzTarget(
    name: "eventstream",
    maximumLength: 2_048,
    allocationBase: 40 << 10,
    allocationPerByte: 128,
    seeds: ["json/messages.tsv"]
  ) { bytes in
    guard let message = try? Message(bytes) else { return }
    let event = EventStreamWire(.serverSentEvents).encode(message, mark: eventMark)
    let line = EventStreamWire(.lines).encode(message, mark: eventMark)
    uncounted {
      let plain = EventStreamWire(.serverSentEvents)
      let texts = [plain.opening, plain.encodeLife(), event, plain.encodeLife(), plain.encode(message)]
      let told = browserEvents(texts.flatMap(\.self))
      check(told.map(\.data) == [message.encode(), message.encode()], "a browser gets the message, and nothing else")
      check(told.map(\.id) == [eventMark, eventMark], "and knows its mark until there is another one")
      checkLine(line, message)
    }
  }

  private static let eventMark = "3f2a9c1b-17"

  private static func checkLine(_ line: [UInt8], _ message: Message) {
    check(line.last == 0x0A && !line.dropLast().contains { $0 < 0x20 }, "a message is one line")
    guard let read = try? Message(Array(line.dropLast())) else { return check(false, "a line is a message") }
    let marks = read.unknownFields.filter { $0.name == "mark" }
    check(marks.map(\.value) == [JSONText(stringLiteral: eventMark)], "it has our mark, and no other")
    var unmarked = message
    unmarked.unknownFields.removeAll { $0.name == "mark" }
    var rest = read
    rest.unknownFields.removeAll { $0.name == "mark" }
    check(rest.encode() == unmarked.encode(), "and else it is what was written")
  }

  /// What a browser makes of a stream (HTML, 9.2.6), written down once more.
  private static func browserEvents(_ bytes: [UInt8]) -> [(id: String, data: [UInt8])] {
    var events: [(String, [UInt8])] = []
    var (id, lines): (String, [[UInt8]]) = ("", [])
    let all = String(decoding: bytes, as: UTF8.self).unicodeScalars.split(omittingEmptySubsequences: false) {
      $0 == "\n" || $0 == "\r"
    }
    for line in all.map({ Array(String($0).utf8) }) {
      if line.isEmpty {
        if !lines.isEmpty { events.append((id, Array(lines.joined(separator: [0x0A])))) }
        lines = []
        continue
      }
      let name = line.prefix { $0 != UInt8(ascii: ":") }
      var value = line.dropFirst(name.count + 1)
      if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
      if name.elementsEqual("id".utf8) { id = String(decoding: value, as: UTF8.self) }
      if name.elementsEqual("data".utf8) { lines.append(Array(value)) }
    }
    return events
  }

  /// A WebSocket of a door that is open, and what is said on it: the first byte says where the rest is cut in two.
  ///
  /// Memory: wslay's own buffer, and each message as for lines.
  static let socketWire = FuzzTarget(
    name: "socketwire",
    maximumLength: 1_024,
    allocationBase: 128 << 10,
    allocationPerByte: 1_024,
    seeds: ["websocket/frames.tsv", "websocket/messages.tsv"]
  ) { bytes in
    guard let first = bytes.first else { return }
    let text = uncounted { Array(bytes.dropFirst()) }
    let wire = WebSocketWire(messageLimit: 512, naming: "p-")
    let items = wire.take(text)
    let answers = wire.takeAnswers()
    uncounted {
      let cut = text.isEmpty ? 0 : Int(first) % text.count
      let parts = WebSocketWire(messageLimit: 512, naming: "p-")
      check(parts.take(Array(text[..<cut])) + parts.take(Array(text[cut...])) == items, "a cut changes nothing")
      check(parts.takeAnswers() == answers, "nor what is answered")
      for item in items.dropLast() {
        switch item {
        case .left, .refused: check(false, "a refusal or a leave is the last")
        case .message, .acknowledged, .refusedThere: break
        }
      }
      checkSaid(wire, answers, items.compactMap { if case .message(let message) = $0 { message } else { nil } })
    }
  }

  /// Whatever was said before, all of it can be read, and one close is its end.
  private static func checkSaid(_ wire: WebSocketWire, _ answers: [UInt8], _ messages: [Message]) {
    var said = answers
    for message in messages { said += wire.encode(message) }
    said += wire.encode(acknowledging: ["a"]) ?? []
    said += wire.encodeLife()
    said += wire.encode(refusal: WireRefusal("no")) ?? []
    check(wire.hasSaidLast, "a refusal is the last word")
    for farewell in Farewell.allCases { said += wire.encode(farewell) }
    said += wire.encodeLife()
    var reader = WebSocketReader(role: .client, messageLimit: 1 << 20)
    let events = reader.take(said)
    check(!reader.isWithinMessage, "all that is said is whole")
    guard case .closing = events.last else { return check(false, "a close is its end") }
    for event in events.dropLast() {
      switch event {
      case .closing, .refused: check(false, "nothing stands behind a close")
      case .message, .ping, .pong: break
      }
    }
    // What stood behind the close would have been passed over.
    var bare = WebSocketReader(role: .client, messageLimit: 1 << 20)
    check(bare.take(Array(said.dropLast())).count < events.count, "not a byte stands behind it")
  }
}
