// Two writers, a durable reader and retention at one journal.

import ChannelModel
import TestSupport

/// The journal as bytes in segments of two records; its writers may die anywhere, even half-way through a write.
struct JournalWorld: SearchableWorld {
  enum Fix: String, CaseIterable, Hashable {
    case oneFixedLock
    case segmentIsReadOutBeforeMovingOn
    case seqNeverGoesBackBelowACursor
    case batchesAreWholeOrNotThere
  }

  struct Setup: Hashable {
    var sends = 2
    var recordsInASend = 1
    var retains = false
    var without: Fix?
  }

  struct Writer: Hashable {
    enum Life: Hashable { case idle, waiting(forLockOf: UInt64), holding, dead }
    var life = Life.idle
    var sent = 0
    /// What is left to do of the plan, under the lock.
    var steps: [JournalTail.Step] = []
    var isHalfWritten = false
    var isPlanned = false
    /// The seqs of this send once they are given, and whether its flush has failed already.
    var first = SequenceNumber.none
    var hasFailed = false
  }

  struct Reader: Hashable {
    var follower = JournalFollower(after: .none)
    var action = JournalFollower.Action.list
    var cursor = SequenceNumber.none
    /// Set between a list that showed a newer segment and the read that has to follow it.
    var hasJustListed = false
    /// The bytes that were read last.
    var lastRead: [UInt8] = []
  }

  static let journal = Golden.journal
  static let seed = JournalRecord.seed(of: journal)

  var setup: Setup
  var segments: [UInt64: [UInt8]]
  /// Who holds which lock: 0 is the fixed one.
  var locks: [UInt64: Int] = [:]
  var writers = [Writer(), Writer()]
  var reader = Reader()
  var boot: UInt64 = 1
  var acknowledged: Set<[UInt8]> = []
  var delivered: [[UInt8]] = []
  var harm: Set<String> = []
  var writerCrashes: Int
  var readerCrashes: Int
  var powerLosses: Int
  var failedFlushes: Int

  init(_ setup: Setup, writerCrashes: Int, readerCrashes: Int, powerLosses: Int, failedFlushes: Int = 0) {
    self.setup = setup
    self.failedFlushes = failedFlushes
    self.writerCrashes = writerCrashes
    self.readerCrashes = readerCrashes
    self.powerLosses = powerLosses
    segments = [
      1: SegmentHeader(journal: Self.journal, boot: UniqueID(high: 0, low: 1), first: SequenceNumber(1)).encode()
    ]
  }

  static func isMishap(_ step: String) -> Bool { step.contains("dies") || step.contains("power") }

  func has(_ fix: Fix) -> Bool { setup.without != fix }

  // MARK: Steps

  func steps() -> [(name: String, world: JournalWorld)] {
    var steps: [(name: String, world: JournalWorld)] = []
    func add(_ name: String, _ change: (inout JournalWorld) -> Void) {
      var world = self
      change(&world)
      if world != self { steps.append((name, world)) }
    }
    for place in writers.indices { addSteps(ofWriter: place, add) }
    add("the reader goes on") { $0.readOn() }
    if readerCrashes > 0 {
      add("the reader dies and starts again") {
        $0.readerCrashes -= 1
        $0.restartReader()
      }
    }
    if setup.retains { add("retention removes a segment") { $0.retain() } }
    if powerLosses > 0 {
      add("power is lost, with all that was written") { $0.losePower { _ in SegmentHeader.byteCount } }
      add("power is lost, with the last write torn") { $0.losePower { ($0 + SegmentHeader.byteCount) / 2 } }
    }
    return steps
  }

  private func addSteps(ofWriter place: Int, _ add: (String, (inout JournalWorld) -> Void) -> Void) {
    let writer = writers[place]
    let name = place == 0 ? "A" : "B"
    guard writer.life != .dead else { return }
    if writerCrashes > 0, writer.life != .idle {
      add("\(name) dies") {
        $0.writerCrashes -= 1
        $0.writers[place] = Writer(life: .dead, sent: writer.sent)
        $0.locks = $0.locks.filter { $0.value != place }
      }
    }
    switch writer.life {
    case .dead: break
    case .idle:
      guard writer.sent < setup.sends else { return }
      let lock = has(.oneFixedLock) ? 0 : segments.keys.max() ?? 0
      add("\(name) goes for the lock") { $0.writers[place].life = .waiting(forLockOf: lock) }
    case .waiting(let lock):
      guard locks[lock] == nil else { return }
      add("\(name) gets the lock") {
        $0.locks[lock] = place
        $0.writers[place].life = .holding
      }
    case .holding:
      guard writer.isPlanned else { return add("\(name) plans") { $0.plan(for: place) } }
      if writer.steps.isEmpty, failedFlushes > 0 {
        add("\(name)'s flush fails") { $0.failFlush(for: place) }
      }
      guard let step = writer.steps.first else {
        return add("\(name) unlocks, its send returns") {
          for record in $0.records(ofWriter: place, send: writer.sent) { $0.acknowledged.insert(record) }
          $0.locks = $0.locks.filter { $0.value != place }
          $0.writers[place] = Writer(sent: writer.sent + 1)
        }
      }
      add("\(name) \(JournalWorld.describe(step, isHalfWritten: writer.isHalfWritten))") {
        $0.execute(step, for: place)
      }
    }
  }

  private static func describe(_ step: JournalTail.Step, isHalfWritten: Bool) -> String {
    switch step {
    case .cut: "cuts a torn tail"
    case .begin(let header): "begins segment \(header.first)"
    case .seal: isHalfWritten ? "has written the seal" : "writes half of the seal"
    case .append: isHalfWritten ? "has written its batch" : "writes half of its batch"
    }
  }

  private func records(ofWriter place: Int, send: Int) -> [[UInt8]] {
    (0..<setup.recordsInASend).map { [UInt8(65 + place), UInt8(48 + send), UInt8(97 + $0)] }
  }

  // MARK: Writing

  /// The segment that a writer takes for the newest.
  private func tailSegment(ofWriter place: Int) -> UInt64 {
    let newest = segments.keys.max() ?? 0
    guard !has(.oneFixedLock), let held = locks.first(where: { $0.value == place })?.key, segments[held] != nil else {
      return newest
    }
    return held
  }

  private mutating func plan(for place: Int) {
    let drafts = records(ofWriter: place, send: writers[place].sent).map { JournalDraft.message($0) }
    guard let bytes = segments[tailSegment(ofWriter: place)], let tail = try? JournalTail(reading: bytes) else {
      harm.insert("a segment's header cannot be read")
      return
    }
    let now = JournalTail.Circumstances(
      boot: UniqueID(high: 0, low: boot),
      time: WallTime(nanoseconds: 0),
      remembered: has(.seqNeverGoesBackBelowACursor) ? reader.cursor : .none,
      segmentLimit: SegmentHeader.byteCount + 2 * setup.recordsInASend * 29 + 26
    )
    guard let plan = try? tail.plan(drafts, under: now) else {
      harm.insert("the seqs are used up")
      return
    }
    writers[place].steps = plan.steps
    writers[place].first = plan.numbers.lowerBound
    writers[place].isPlanned = true
  }

  /// The segment is sealed as suspect, and the batch appended again behind it, with the seqs it had.
  private mutating func failFlush(for place: Int) {
    failedFlushes -= 1
    let now = JournalTail.Circumstances(boot: UniqueID(high: 0, low: boot), time: WallTime(nanoseconds: 0))
    guard let bytes = segments[segments.keys.max() ?? 0], let tail = try? JournalTail(reading: bytes),
      let (steps, next) = try? tail.planAfterFailedFlush(under: now)
    else { return }
    let drafts = records(ofWriter: place, send: writers[place].sent).map { JournalDraft.message($0) }
    let copy = next.planCopy(of: drafts, from: writers[place].first, at: WallTime(nanoseconds: 0))
    writers[place].steps = steps + [copy.step]
    writers[place].hasFailed = true
  }

  private mutating func execute(_ step: JournalTail.Step, for place: Int) {
    let newest = segments.keys.max() ?? 0
    switch step {
    case .cut(let range):
      segments[tailSegment(ofWriter: place)]?.removeSubrange(range)
    case .begin(let header):
      if segments[header.first.rawValue] != nil, has(.oneFixedLock) { harm.insert("a segment replaces another") }
      if segments[header.first.rawValue] == nil { segments[header.first.rawValue] = header.encode() }
    case .seal(let bytes, let offset):
      let sealed = segments.keys.filter { $0 < newest }.max() ?? newest
      return write(bytes, at: offset, of: sealed, for: place)
    case .append(let bytes, let offset):
      let target = has(.oneFixedLock) ? newest : max(tailSegment(ofWriter: place), beganSegment(ofWriter: place))
      return write(bytes, at: offset, of: target, for: place)
    }
    writers[place].steps.removeFirst()
  }

  /// The segment that this writer's plan has just begun; only asked where each segment has a lock of its own.
  private func beganSegment(ofWriter place: Int) -> UInt64 {
    guard case .append(let bytes, _) = writers[place].steps.first,
      case .record(let record) = JournalRecord.find(in: bytes, at: 0, seed: Self.seed)
    else { return 0 }
    let first = record.sequenceNumber.rawValue
    return segments[first] == nil ? 0 : first
  }

  private mutating func write(_ bytes: [UInt8], at offset: Int, of segment: UInt64, for place: Int) {
    guard var content = segments[segment] else { return }
    let end = writers[place].isHalfWritten ? bytes.count : bytes.count / 2
    if content.count < offset + end {
      content += [UInt8](repeating: 0, count: offset + end - content.count)
    }
    content.replaceSubrange(offset..<offset + end, with: bytes[..<end])
    segments[segment] = content
    if writers[place].isHalfWritten { writers[place].steps.removeFirst() }
    writers[place].isHalfWritten.toggle()
  }
}
