// transom send

internal import ChannelMessages
internal import LinuxIO
internal import Transom

struct SendVerb: VerbProgram {
  static let name = Verb.Name.send
  static let row = Verb(
    .send,
    "send an event",
    examples: [
      Verb.Example("transom send /dev/shm/demo --event saved '{\"file\":\"a.txt\"}'", "one event, with a payload"),
      Verb.Example("transom send /dev/shm/demo --event config @config.json", "the payload from a file"),
      Verb.Example(
        "tail -f app.log | transom send /dev/shm/demo --event log --stdin --text",
        "each line as it comes, as text"
      ),
      Verb.Example("transom send /dev/shm/demo --event tick --count 1000 -q", "many of the same"),
    ],
    operands: [.directory, .payload],
    options: [
      Option(.event, short: "e", .text("NAME"), isRequired: true, "the event's name"),
      Option(.count, short: "n", .count(1...Int.max), standard: "1", "send it so many times"),
      Option(.stdin, .none, "send one event for each line of the standard input, as they come"),
      Option(.text, .none, "the payload is text and no JSON: it is sent as a JSON string"),
      .side("frontend"),
    ] + Option.writing + [.json, Option(.quiet, short: "q", .none, "do not print the ids")],
    notes: [
      "The id of each message is printed when it is in the journal, also where the status is 9; -q leaves that out.",
      "With --stdin the lines that are there at once go as one batch of up to 256. A line that is no JSON ends the program; the message says which line it was, and those before it are sent.",
    ]
  )

  /// So many lines go as one batch.
  static let highestBatchCount = 256
  /// A batch ends before it holds more; the journal's own limit is 8 MiB, and escaping makes texts longer.
  private static let highestBatchBytes = 1 << 20

  private let channel: Channel
  private let event: String
  private let printsIDs: Bool
  private let isJSON: Bool
  private let around: Surroundings

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let isText = invocation.has(.text)
    let argument = invocation.operand(.json)
    if invocation.has(.stdin) {
      guard argument.isEmpty else {
        throw UsageError("--stdin reads the payloads, and here is one more: \(argument)", hint: "leave one of them out")
      }
      guard !invocation.has(.count) else {
        throw UsageError("--stdin and --count do not go together", hint: "each line is sent once")
      }
    }
    let payload = invocation.has(.stdin) ? nil : try PayloadText.read(argument, isText: isText)
    let channel = try invocation.openChannel(as: invocation.side ?? .frontend)
    let verb = SendVerb(
      channel: channel,
      event: invocation.text(.event) ?? "",
      printsIDs: !invocation.has(.quiet),
      isJSON: invocation.has(.json),
      around: around
    )
    if let payload {
      if !invocation.has(.quiet) {
        around.interruption.remind("still sending: somebody may hold a lock, see `transom inspect \(channel.path)`")
      }
      try verb.send(payload, count: invocation.count(.count) ?? 1)
      around.interruption.forgetReminder()
    } else {
      try verb.sendLines(isText: isText)
    }
    channel.close()
    return 0
  }

  private func send(_ payload: JSONText, count: Int) throws {
    let perBatch = max(1, min(Self.highestBatchCount, Self.highestBatchBytes / (payload.bytes.count + 1)))
    var left = count
    while left > 0 {
      try send(Array(repeating: payload, count: min(left, perBatch)))
      left -= min(left, perBatch)
    }
    try around.output.flush()
  }

  /// One event a line. Lines that have come together go together: the faster they come, the less each costs.
  private func sendLines(isText: Bool) throws {
    var lines = LineQueue()
    var number = 0
    var batch: [JSONText] = []
    var size = 0
    var hasEnded = false
    while !hasEnded {
      let part = try InputBytes.next(of: .standard, named: "the standard input", count: 256 << 10)
      hasEnded = part.isEmpty
      if hasEnded { lines.end() } else { lines.feed(part) }
      while let line = lines.next() {
        number += 1
        // Blank lines separate JSON values as any white space does; text may well be empty.
        if !isText, line.allSatisfy({ " \t\r".utf8.contains($0) }) { continue }
        if size + line.count > Self.highestBatchBytes { try sendAll(&batch, &size) }
        do throws(UsageError) {
          let source = "line \(number) of the standard input"
          batch.append(try PayloadText.payload(of: line, from: source, isText: isText))
        } catch {
          try sendAll(&batch, &size)
          throw error
        }
        size += line.count
        if batch.count == Self.highestBatchCount { try sendAll(&batch, &size) }
      }
      guard !lines.isTooLong else {
        let limit = ByteCountText.text(UInt64(InputBytes.limit))
        throw UsageError(
          "line \(number + 1) of the standard input is longer than \(limit)",
          hint: "send a path instead"
        )
      }
      try sendAll(&batch, &size)
    }
  }

  private func sendAll(_ batch: inout [JSONText], _ size: inout Int) throws {
    try send(batch)
    try around.output.flush()
    batch.removeAll(keepingCapacity: true)
    size = 0
  }

  private func send(_ payloads: [JSONText]) throws {
    // Together, so that who is interrupted knows by the ids what was sent.
    let warning =
      "\(channel.path): was interrupted while it was sent, and may be in the channel already"
      + " (look with `transom listen --from start` before you send it again)"
    try around.interruption.whole(warning: warning) {
      do {
        try print(channel.send(contentsOf: payloads.map { .event(event, $0) }))
      } catch let error as ChannelError {
        // What is in the journal has its id printed, whatever else went wrong with it. That nobody reads it any more is not
        // what has to be told.
        try? print(error.accepted)
        try? around.output.flush()
        throw error
      }
    }
  }

  private func print(_ receipts: [Receipt]) throws {
    guard printsIDs else { return }
    for receipt in receipts { try around.output.addLine(line(receipt)) }
  }

  private func line(_ receipt: Receipt) -> [UInt8] {
    guard isJSON else { return Array(receipt.id.utf8) }
    var writer = JSONWriter(reservingCapacity: 80)
    writer.beginObject()
    writer.key("id")
    writer.string(receipt.id)
    writer.key("number")
    writer.integer(receipt.number)
    writer.endObject()
    return writer.bytes
  }
}

extension Verb.Name {
  package static let send = Self(rawValue: "send")
}
