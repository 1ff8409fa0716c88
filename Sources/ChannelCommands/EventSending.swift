// The events of a command line, on their way to wherever they go.

package import ChannelMessages
internal import LinuxIO
internal import Transom

/// Gives what `send` was asked to send batch by batch to whoever sends it, and prints what became of it.
package struct EventSending {
  /// An event that is where it belongs.
  package struct Sent: Sendable {
    let id: String
    /// Its place among all that were sent, where those are numbered.
    let number: UInt64?

    package init(id: String) {
      self.id = id
      number = nil
    }

    init(_ receipt: Receipt) {
      id = receipt.id
      number = receipt.number
    }
  }

  /// Sends events of this name, one for each payload.
  package typealias Send = (_ event: String, _ payloads: [JSONText]) throws -> [Sent]

  /// So many lines go as one batch.
  static let highestBatchCount = 256
  /// A batch ends before it holds more; the journal's own limit is 8 MiB, and escaping makes texts longer.
  private static let highestBatchBytes = 1 << 20

  private let event: String
  /// What is sent; nil where it comes by the standard input.
  private let payload: JSONText?
  private let count: Int
  private let isText: Bool
  private let isQuiet: Bool
  private let isJSON: Bool
  private let around: Surroundings

  /// Understands what is to be sent, and reads it unless it comes line by line.
  package init(_ invocation: Invocation, _ around: Surroundings) throws(UsageError) {
    isText = invocation.has(.text)
    let argument = invocation.operand(.json)
    if invocation.has(.stdin) {
      guard argument.isEmpty else {
        throw UsageError("--stdin reads the payloads, and here is one more: \(argument)", hint: "leave one of them out")
      }
      guard !invocation.has(.count) else {
        throw UsageError("--stdin and --count do not go together", hint: "each line is sent once")
      }
    }
    payload = invocation.has(.stdin) ? nil : try PayloadText.read(argument, isText: isText)
    event = invocation.text(.event) ?? ""
    count = invocation.count(.count) ?? 1
    isQuiet = invocation.has(.quiet)
    isJSON = invocation.has(.json)
    self.around = around
  }

  /// Sends all of it, batch by batch. The warning is said when the program is ended in the middle of one, the reminder
  /// when it takes long.
  package func run(warning: String, reminder: String, by send: Send) throws {
    guard let payload else { return try sendLines(warning, send) }
    if !isQuiet { around.interruption.remind(reminder) }
    let perBatch = max(1, min(Self.highestBatchCount, Self.highestBatchBytes / (payload.bytes.count + 1)))
    var left = count
    while left > 0 {
      try self.send(Array(repeating: payload, count: min(left, perBatch)), warning, send)
      left -= min(left, perBatch)
    }
    try around.output.flush()
    around.interruption.forgetReminder()
  }

  /// One event a line. Lines that have come together go together: the faster they come, the less each costs.
  private func sendLines(_ warning: String, _ send: Send) throws {
    var lines = LineQueue()
    var number = 0
    var batch: [JSONText] = []
    var size = 0
    var hasEnded = false
    func sendAll() throws {
      try self.send(batch, warning, send)
      try around.output.flush()
      batch.removeAll(keepingCapacity: true)
      size = 0
    }
    while !hasEnded {
      let part = try InputBytes.next(of: .standard, named: "the standard input", count: 256 << 10)
      hasEnded = part.isEmpty
      if hasEnded { lines.end() } else { lines.feed(part) }
      while let line = lines.next() {
        number += 1
        // Blank lines separate JSON values as any white space does; text may well be empty.
        if !isText, line.allSatisfy({ " \t\r".utf8.contains($0) }) { continue }
        if size + line.count > Self.highestBatchBytes { try sendAll() }
        do throws(UsageError) {
          let source = "line \(number) of the standard input"
          batch.append(try PayloadText.payload(of: line, from: source, isText: isText))
        } catch {
          try sendAll()
          throw error
        }
        size += line.count
        if batch.count == Self.highestBatchCount { try sendAll() }
      }
      guard !lines.isTooLong else {
        let limit = ByteCountText.text(UInt64(InputBytes.limit))
        throw UsageError(
          "line \(number + 1) of the standard input is longer than \(limit)",
          hint: "send a path instead"
        )
      }
      try sendAll()
    }
  }

  private func send(_ payloads: [JSONText], _ warning: String, _ send: Send) throws {
    // Together, so that who is interrupted knows by the ids what was sent.
    try around.interruption.whole(warning: warning) {
      do {
        try print(send(event, payloads))
      } catch let error as ChannelError {
        // What is in the journal has its id printed, whatever else went wrong with it. That nobody reads it any more is
        // not what has to be told.
        try? print(error.accepted.map(Sent.init))
        try? around.output.flush()
        throw error
      }
    }
  }

  private func print(_ sent: [Sent]) throws {
    if isQuiet { return }
    for one in sent { try around.output.addLine(line(one)) }
  }

  private func line(_ sent: Sent) -> [UInt8] {
    guard isJSON else { return Array(sent.id.utf8) }
    var writer = JSONWriter(reservingCapacity: 80)
    writer.beginObject()
    writer.key("id")
    writer.string(sent.id)
    if let number = sent.number {
      writer.key("number")
      writer.integer(number)
    }
    writer.endObject()
    return writer.bytes
  }
}
