// What the peer does with a channel's journal, so that it can be killed while it does.

internal import ChannelModel
internal import Glibc
internal import LinuxIO
internal import Transom

private func soon(_ duration: Duration = .seconds(20)) -> Moment {
  Moment(nanoseconds: KernelClock.sinceBoot()).advanced(by: duration)
}

private func message(_ payload: String) -> JournalDraft {
  .own(Array(#"{"id":"000000000000000000000000000000000000","timestamp":1,"payload":"\#(payload)"}"#.utf8))
}

private func options(segmentLimit: Int = 4 << 20) -> ChannelFolder.Options {
  var options = ChannelFolder.Options()
  options.segmentLimit = segmentLimit
  return options
}

/// `journal-open CHANNEL`: opens the channel, makes it if need be, appends one message, and says the channel's identifier.
func journalOpen(_ arguments: [String]) throws {
  let folder = try ChannelFolder.open(arguments[0], options: options())
  _ = try folder.direction(.backendToFrontend).log.append([message("hello")], until: soon())
  print(folder.key.channel)
}

/// `journal-write CHANNEL WRITER FIRST LAST SEGMENT-LIMIT PACE`: appends messages `WRITER-FIRST` to `WRITER-LAST`, one or a
/// few for each byte that comes out of the FIFO `PACE`, and says each number once it was acknowledged.
func journalWrite(_ arguments: [String]) throws {
  let limit = Int(arguments[4]) ?? 0
  let log = try ChannelFolder.open(arguments[0], options: options(segmentLimit: limit)).direction(.backendToFrontend)
    .log
  var next = Int(arguments[2]) ?? 0
  let last = Int(arguments[3]) ?? 0
  let pace = OwnedDescriptor(taking: unsafe open(arguments[5], O_RDONLY | O_CLOEXEC))
  var line = ""
  var token: UInt8 = 0
  while next <= last, unsafe read(pace.number, &token, 1) == 1 {
    let batch = Array(next...min(last, next + Int.random(in: 0..<4)))
    _ = try log.append(batch.map { message("\(arguments[1])-\($0)") }, until: soon())
    next += batch.count
    line = "\(next - 1)\n"
    // At once and in one call: what was not told may be lost.
    _ = line.withUTF8 { unsafe write(1, $0.baseAddress, $0.count) }
  }
}

/// `journal-hold CHANNEL`: holds the journal's lock until it is killed.
func journalHold(_ arguments: [String]) throws {
  let log = try ChannelFolder.open(arguments[0], options: options()).direction(.backendToFrontend).log
  try log.withLock(until: soon()) { _ in
    print("held")
    fflush(nil)
    while true { pause() }
  }
}

/// `journal-speed CHANNEL COUNT BYTES`: appends so many messages of a length one by one, then reads them; says the
/// nanoseconds that one took.
func journalSpeed(_ arguments: [String]) throws {
  let folder = try ChannelFolder.open(arguments[0], options: options()).direction(.backendToFrontend)
  let count = Int(arguments[1]) ?? 0
  let batch = [message(String(repeating: "x", count: max(0, (Int(arguments[2]) ?? 0) - 72)))]
  let start = KernelClock.sinceBoot()
  for _ in 0..<count {
    guard case .appended = try folder.log.tryAppend(batch) else { return print("busy") }
  }
  let written = KernelClock.sinceBoot()
  let reader = JournalReader(folder, after: .none)
  var records = 0
  while let stretch = try reader.next() { records += stretch.records.count }
  let read = KernelClock.sinceBoot()
  print(
    "append \((written - start) / UInt64(count)) ns, read \((read - written) / UInt64(max(1, records))) ns of \(records)"
  )
}
