// What tests of children begin with.

internal import ChannelSockets
internal import LinuxIO
internal import TestSupport

/// Somebody on a loop who has to do with a child, and remembers what it did.
actor Keeper {
  private let loop: Loop
  private var child: Child?
  private(set) var output: [UInt8] = []
  private(set) var errors: [UInt8] = []
  /// All but what it wrote.
  private(set) var others: [ChildEvent] = []
  private var waiting: [(holds: (isolated Keeper) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []

  init(on loop: Loop) {
    self.loop = loop
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

  /// Starts a program, and answers its number.
  @discardableResult
  func start(_ plan: ChildPlan, limits: ChildLimits = .unlimited) throws(SystemError) -> Int32 {
    let child = try Child(plan, limits: limits, on: loop) { [weak self] event in
      self?.assumeIsolated { $0.hear(event) }
    }
    self.child = child
    return child.number
  }

  func give(_ bytes: [UInt8]) -> Child.Giving { child?.give(bytes) ?? .closed }
  func closeInput() { child?.closeInput() }
  func terminate(grace: Duration) { child?.terminate(grace: grace) }
  func kill() { child?.kill() }
  func letGo() { child = nil }

  var text: String { String(decoding: output, as: UTF8.self) }
  var errorText: String { String(decoding: errors, as: UTF8.self) }

  var end: ChildEnd? {
    for case .ended(let end) in others { return end }
    return nil
  }

  /// Waits until something holds of what was heard.
  func until(_ holds: @escaping @Sendable (isolated Keeper) -> Bool) async {
    if holds(self) { return }
    await withCheckedContinuation { waiting.append((holds, $0)) }
  }

  /// Waits for the child's end.
  func untilEnd() async -> ChildEnd? {
    await until { $0.end != nil }
    return end
  }

  private func hear(_ event: ChildEvent) {
    switch event {
    case .output(let bytes): output += bytes
    case .errors(let bytes): errors += bytes
    case .inputDrained, .inputRefused, .ended: others.append(event)
    }
    let all = waiting
    waiting = []
    for waiter in all {
      if waiter.holds(self) { waiter.continuation.resume() } else { waiting.append(waiter) }
    }
  }
}

extension ChildPlan {
  /// A line of shell, with pipes for all three streams.
  static func shell(_ line: String) -> ChildPlan {
    var plan = ChildPlan("/bin/sh", ["sh", "-c", line], environment: ["PATH=/usr/bin:/bin"])
    plan.input = .pipe
    plan.output = .pipe
    plan.errors = .pipe
    return plan
  }
}

/// Runs a line of shell to its end.
func runShell(_ line: String, limits: ChildLimits = .unlimited) async throws -> (keeper: Keeper, end: ChildEnd?) {
  try await withLoop { loop in
    let keeper = Keeper(on: loop)
    try await keeper.start(.shell(line), limits: limits)
    return (keeper, await keeper.untilEnd())
  }
}

/// Whether there is no process of this number, or only one that nobody waited for.
func isGone(_ number: Int32) -> Bool { ProcessIdentity.look(number) == .gone }

/// Whether a process of this number is stopped.
func isStopped(_ number: Int32) -> Bool {
  guard let line = try? ByteInput(path: "/proc/\(number)/stat").next(4_096) else { return false }
  return ProcessStat.parse(line)?.state == UInt8(ascii: "T")
}
