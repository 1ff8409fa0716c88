// What tests of handlers begin with.

internal import ChannelDaemon
internal import ChannelMessages
internal import ChannelModel
internal import ChannelSockets
internal import LinuxIO
internal import TestSupport
internal import Testing

/// Somebody on a loop who has a handler, and remembers what became of what was given to it.
actor Giver {
  /// No tuple: a closure in one is wrapped once more each time that it goes into an array, and calls get slow.
  private struct Waiter {
    let holds: @Sendable (isolated Giver) -> Bool
    let continuation: CheckedContinuation<Void, Never>
  }

  private let loop: Loop
  private var handler: Handler?
  /// In the order in which they were told.
  private(set) var outcomes: [(id: String, outcome: HandlerOutcome)] = []
  private(set) var notices: [HandlerNotice] = []
  private(set) var roomCount = 0
  private(set) var isDrained = false
  private var waiting: [Waiter] = []

  init(on loop: Loop) {
    self.loop = loop
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

  func open(_ setting: HandlerSetting, mostWaiting: Int = 5_000) {
    let handler = Handler(
      setting,
      environment: ["PATH=/usr/bin:/bin", "TRANSOM_ID=old", "COLOUR=red"],
      on: loop,
      mostWaiting: mostWaiting
    ) { [weak self] notice in
      self?.assumeIsolated {
        $0.notices.append(notice)
        $0.look()
      }
    }
    handler.onRoom = { [weak self] in
      self?.assumeIsolated {
        $0.roomCount += 1
        $0.look()
      }
    }
    self.handler = handler
  }

  func prepare() { handler?.prepare() }
  var canTake: Bool { handler?.canTake ?? false }

  /// Whether a message is refused as long as there is no room for it.
  func isRefusedWhenFull(_ id: String) -> Bool {
    guard !canTake else { return true }
    do throws(HandlerRefusal) {
      try give(id)
    } catch {
      return error == .full
    }
    return false
  }

  /// Gives it a message; the outcome is remembered under its id.
  func give(
    _ id: String,
    _ payload: JSONText = .null,
    kind: MessageKind = .request,
    channel: String = "demo",
    unknownFields: [MessageField] = []
  ) throws(HandlerRefusal) {
    let message = Message(
      id: id,
      timestamp: 1,
      kind: kind,
      method: "work",
      payload: payload,
      unknownFields: unknownFields
    )
    let path = "/channels/\(channel)"
    let job = HandlerJob(channel: channel, path: path, direction: .frontendToBackend, message: message)
    try handler?.give(job) { [weak self] outcome in
      self?.assumeIsolated {
        $0.outcomes.append((id, outcome))
        $0.look()
      }
    }
  }

  /// Gives one, and waits for what becomes of it; nil when it is refused.
  func outcome(_ id: String, _ payload: JSONText = .null, kind: MessageKind = .request) async -> HandlerOutcome? {
    do throws(HandlerRefusal) {
      try give(id, payload, kind: kind)
    } catch {
      return nil
    }
    await until { giver in giver.outcomes.contains { $0.id == id } }
    return self[id]
  }

  /// Gives so many, each when the outcome of one is told, so many at a time; answers how long all of that took.
  func exchange(_ count: Int, atATime width: Int) async -> Duration {
    let start = ContinuousClock.now
    let before = outcomes.count
    var next = 0
    func giveNext() {
      guard next < count, let handler else { return }
      let message = Message(id: "x\(next)", timestamp: 1, kind: .request, method: "work", payload: ["number": 7])
      next += 1
      let job = HandlerJob(channel: "demo", path: "/channels/demo", direction: .frontendToBackend, message: message)
      do throws(HandlerRefusal) {
        try handler.give(job) { [weak self] outcome in
          self?.assumeIsolated { $0.outcomes.append((message.id, outcome)) }
          giveNext()
          self?.assumeIsolated { $0.look() }
        }
      } catch {
        Issue.record("\(error)")
      }
    }
    for _ in 0..<width { giveNext() }
    await until { $0.outcomes.count >= before + count }
    return ContinuousClock.now - start
  }

  subscript(id: String) -> HandlerOutcome? { outcomes.first { $0.id == id }?.outcome }

  /// So many outcomes were told.
  func untilOutcomes(_ count: Int) async { await until { $0.outcomes.count >= count } }

  func drain(within limit: Duration = .seconds(20)) async {
    beginToDrain(within: limit)
    await until { $0.isDrained }
  }

  func beginToDrain(within limit: Duration) {
    handler?.drain(within: limit) { [weak self] in
      self?.assumeIsolated {
        $0.isDrained = true
        $0.look()
      }
    }
  }

  func letGo() { handler = nil }

  /// Waits until something holds.
  func until(_ holds: @escaping @Sendable (isolated Giver) -> Bool) async {
    if holds(self) { return }
    await withCheckedContinuation { waiting.append(Waiter(holds: holds, continuation: $0)) }
  }

  private func look() {
    let all = waiting
    waiting = []
    for waiter in all {
      if waiter.holds(self) { waiter.continuation.resume() } else { waiting.append(waiter) }
    }
  }

  // MARK: What the notices say

  /// The programs that were started, in order.
  var pids: [Int32] {
    notices.compactMap { if case .started(let pid) = $0 { pid } else { nil } }
  }

  var endCount: Int {
    notices.count { if case .ended = $0 { true } else { false } }
  }

  var lines: [String] {
    notices.flatMap { notice -> [String] in if case .wrote(_, let lines, _) = notice { lines } else { [] } }
  }

  var unsaid: Int {
    notices.reduce(0) { if case .wrote(_, _, let unsaid) = $1 { $0 + unsaid } else { $0 } }
  }

  var pauses: [Duration] {
    notices.compactMap { if case .restarting(let pause, _) = $0 { pause } else { nil } }
  }

  var unasked: [String] {
    notices.compactMap { if case .unasked(_, let id) = $0 { id } else { nil } }
  }

  var malformed: [WorkerLineError] {
    notices.compactMap { if case .malformed(_, let error) = $0 { error } else { nil } }
  }

  var tookTimes: [Duration] {
    notices.compactMap { if case .finished(_, _, let took) = $0 { took } else { nil } }
  }
}

extension HandlerSetting {
  /// A line of shell that is run for each message.
  static func shell(_ line: String) -> HandlerSetting {
    var setting = HandlerSetting(name: "test", manner: .run, command: ["sh", "-c", line])
    setting.grace = .milliseconds(100)
    return setting
  }

  /// The test's peer as a worker.
  static func worker(_ manner: String, concurrency: Int = 1) throws -> HandlerSetting {
    var setting = HandlerSetting(
      name: "test",
      manner: .worker,
      command: [try ProcessRun.peer, "handler-worker", manner]
    )
    setting.grace = .milliseconds(100)
    setting.concurrency = concurrency
    setting.backoff.first = .milliseconds(20)
    setting.backoff.longest = .milliseconds(200)
    return setting
  }
}

/// Runs a body with a handler on a loop, and has the handler drain at the end.
func withHandler(
  _ setting: HandlerSetting,
  mostWaiting: Int = 5_000,
  _ body: (Giver) async throws -> Void
) async throws {
  try await withLoop { loop in
    let giver = Giver(on: loop)
    await giver.open(setting, mostWaiting: mostWaiting)
    try await body(giver)
    await giver.drain(within: .zero)
  }
}

/// Gives one message to a line of shell.
func outcomeOfShell(
  _ line: String,
  _ payload: JSONText = .null,
  kind: MessageKind = .request,
  adjust: (inout HandlerSetting) -> Void = { _ in }
) async throws -> HandlerOutcome? {
  var setting = HandlerSetting.shell(line)
  adjust(&setting)
  var outcome: HandlerOutcome?
  try await withHandler(setting) { giver in outcome = await giver.outcome("1", payload, kind: kind) }
  return outcome
}

/// Whether there is no process of this number, or only one that nobody waited for.
func isGone(_ number: Int32) -> Bool { ProcessIdentity.look(number) == .gone }
