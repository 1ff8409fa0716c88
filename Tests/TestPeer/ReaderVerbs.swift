// What the peer does with a journal and its readers, so that it can be killed while it does.

internal import ChannelMessages
internal import ChannelModel
internal import Glibc
internal import LinuxIO
internal import Transom

private func direction(of path: String) throws -> DirectionFolder {
  try ChannelFolder.open(path, options: ChannelFolder.Options()).direction(.backendToFrontend)
}

/// A message that says which writer sent it and the how-manieth it is.
private func draft(writer: String, number: Int) -> JournalDraft {
  let id = String(repeating: "0", count: 36)
  return .own(
    Array(
      "{\"id\":\"\(id)\",\"timestamp\":1,\"type\":\"event\",\"method\":\"\(writer)\",\"payload\":\(number)}".utf8
    )
  )
}

/// `reader-feed CHANNEL WRITER COUNT`: appends so many messages, by ones and by small batches, then says "done".
func readerFeed(_ arguments: [String]) throws {
  let journal = try direction(of: arguments[0]).log
  let count = Int(arguments[2]) ?? 0
  var next = 0
  while next < count {
    let size = min(next % 3 == 0 ? 5 : 1, count - next)
    let drafts = (next..<next + size).map { draft(writer: arguments[1], number: $0) }
    let deadline = Moment(nanoseconds: KernelClock.sinceBoot()).advanced(by: .seconds(30))
    _ = try journal.append(drafts, until: deadline)
    next += size
  }
  print("done")
}

/// A log that whoever was killed leaves whole lines in.
private struct EventLog: ~Copyable {
  private let file: OwnedDescriptor

  init(at path: String) {
    file = OwnedDescriptor(taking: unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600))
  }

  func write(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    precondition(unsafe Glibc.write(file.number, bytes, bytes.count) == bytes.count, "the log cannot be written")
  }
}

/// Says a line for each so many messages, or looks in vain, for whoever waits for one of them to kill this process.
private struct Progress {
  var count = 0

  mutating func step() {
    count += 1
    guard count.isMultiple(of: 25) else { return }
    print("\(count)")
    fflush(nil)
  }
}

/// Reads until the channel has a file `done` and nothing is left.
private func readOn(
  in path: String,
  _ tryNext: () throws -> Delivered?,
  between: () throws -> Void,
  _ body: (Delivered) throws -> Void
) throws {
  let channel = try Directory.open(path)
  var progress = Progress()
  while true {
    let isLast = try channel.facts(of: "done") != nil
    var isEmpty = true
    while let delivered = try tryNext() {
      isEmpty = false
      try body(delivered)
      progress.step()
      try between()
    }
    if isEmpty {
      if isLast { return }
      KernelClock.pause(.microseconds(100))
      progress.step()
    }
    try between()
  }
}

private func text(_ delivered: Delivered) -> String {
  "\(delivered.message.method ?? "?") \(String(decoding: delivered.message.payload.bytes, as: UTF8.self))"
}

/// `reader-read CHANNEL NAME SAVING LOG`: reads and acknowledges one by one. The log gets `d WRITER NUMBER MARK` before
/// the program could know more of a message, and `a WRITER NUMBER` when its acknowledgement returned.
func readerRead(_ arguments: [String]) throws {
  let folder = try direction(of: arguments[0])
  let reader = try DurableReader.open(
    try ReaderName(arguments[1]),
    in: folder,
    saving: arguments[2] == "each" ? .each : .coalesced,
    until: Moment(nanoseconds: KernelClock.sinceBoot()).advanced(by: .seconds(20))
  )
  let log = EventLog(at: arguments[3])
  try readOn(in: arguments[0]) {
    try reader.tryNext()
  } between: {
    try reader.saveIfDue(at: Moment(nanoseconds: KernelClock.sinceBoot()))
  } _: { delivered in
    log.write("d \(text(delivered)) \(delivered.isRedelivered ? "again" : "first")")
    for gap in delivered.gaps { log.write("gap \(gap)") }
    try reader.acknowledge(delivered.ticket)
    log.write("a \(text(delivered))")
  }
  try reader.close()
  print("end")
}

/// `group-read CHANNEL NAME LOG`: the same as a member of a group; it acknowledges some in pairs, the later one first.
func groupRead(_ arguments: [String]) throws {
  let folder = try direction(of: arguments[0])
  let member = try GroupMember.join(try ReaderName(arguments[1]), in: folder)
  let log = EventLog(at: arguments[2])
  var held: Delivered?
  func acknowledge(_ delivered: Delivered) throws {
    log.write("a \(text(delivered)) \(delivered.isRedelivered ? "again" : "first")")
    try member.acknowledge(delivered.ticket)
  }
  func letGo() throws {
    if let former = held { try acknowledge(former) }
    held = nil
  }
  try readOn(in: arguments[0]) {
    let delivered = try member.tryNext()
    if delivered == nil { try letGo() }
    return delivered
  } between: {
    try member.saveIfDue(at: Moment(nanoseconds: KernelClock.sinceBoot()))
  } _: { delivered in
    log.write("d \(text(delivered)) \(delivered.isRedelivered ? "again" : "first")")
    if held == nil, delivered.number.rawValue.isMultiple(of: 3) {
      held = delivered
    } else {
      try acknowledge(delivered)
      try letGo()
    }
  }
  try member.close()
  print("end")
}

/// `reader-hold CHANNEL NAME`: takes the name, says so, and holds it until it is killed.
func readerHold(_ arguments: [String]) throws {
  let reader = try DurableReader.open(try ReaderName(arguments[1]), in: try direction(of: arguments[0]))
  print("held \(getpid())")
  fflush(nil)
  while true {
    pause()
    // The object has to outlive the loop, which never ends.
    withExtendedLifetime(reader) {}
  }
}
