// What the other side asks, as a channel's responders read it.

internal import ChannelModel

/// Goes through the messages of one direction from a little before its making on, also in a channel that takes the place
/// of the one before.
struct RequestStream {
  private let core: ChannelCore
  private let direction: Direction
  /// Where requests are answered.
  private let answers: Direction
  /// What was sent before is too old to be answered now.
  private let since: WallTime
  /// Nil until it could be registered.
  private var reader: UnnamedReader?
  /// Where it begins; nil until that could be found out.
  private var start: ReaderRegistry.Start?
  /// Which of the channels that were found at the path it reads.
  private var epoch: UInt64
  private var answered: Set<String> = []
  /// Since when something keeps it from reading, and whether that was told.
  var trouble: (since: Moment, isTold: Bool)?

  /// What was asked so long ago and not answered is taken as well: the two sides may start in any order.
  static let lookback = Duration.seconds(30)
  /// A message counts as so many bytes at least.
  private static let leastByteCount = 4 << 10
  /// No longer than that is a lock waited for: it may be the thread that notices changes.
  private static let lockPatience = Duration.milliseconds(1)

  init(
    _ core: ChannelCore,
    requestsIn direction: Direction,
    answersIn answers: Direction,
    since lookback: Duration
  ) {
    self.core = core
    self.direction = direction
    self.answers = answers
    let now = core.clock()
    since = WallTime(nanoseconds: now.nanoseconds - min(now.nanoseconds, lookback.wholeNanoseconds))
    epoch = core.epoch
  }

  /// Finds out where it begins, and what was answered of what comes then: it reads for a while.
  mutating func begin() throws(ChannelError) {
    // First watch, then look.
    try core.watch(direction)
    try begin(in: try FoundFolder.find(direction, of: core))
  }

  private mutating func begin(in found: FoundFolder) throws(ChannelError) {
    answered = try RecentJournal.answeredRequests(in: try core.direction(answers), since: since)
    start = .behind(try RecentJournal.start(of: found.folder, since: since))
    epoch = found.epoch
  }

  /// The next message that is new enough to be answered, nil when a look of that depth finds none or when as many
  /// bytes were read as were left; never waits.
  mutating func next(_ depth: LookDepth, _ left: inout Int) throws(ChannelError) -> Delivered? {
    while left > 0, let delivered = try nextOfAll(depth) {
      left -= max(delivered.message.payload.bytes.count, Self.leastByteCount)
      if delivered.time >= since { return delivered }
    }
    return nil
  }

  /// Whether the request was answered before this stream began; each is asked about once.
  mutating func wasAnswered(_ id: String) -> Bool { answered.remove(id) != nil }

  private mutating func nextOfAll(_ depth: LookDepth) throws(ChannelError) -> Delivered? {
    do throws(ChannelError) {
      if let delivered = try reader?.tryNext(depth) { return delivered }
    } catch {
      guard core.wasReplaced(since: epoch) else { throw error }
    }
    guard depth == .thorough, core.epoch != epoch || reader == nil else { return nil }
    // First watch, then look.
    if start == nil { try core.watch(direction) }
    guard let found = try FoundFolder.expect(direction, of: core) else { return nil }
    // Its files went with its channel.
    try? reader?.close()
    reader = nil
    if start == nil {
      try begin(in: found)
    } else if found.epoch != epoch {
      start = .start
    }
    epoch = found.epoch
    let opened = try UnnamedReader.open(
      in: found.folder,
      start: start ?? .start,
      until: .now.advanced(by: Self.lockPatience)
    )
    reader = opened
    return try opened.tryNext()
  }

  func close() throws(ChannelError) { try reader?.close() }
}
