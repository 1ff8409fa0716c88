// What lives on the loop of a child.

internal import LinuxIO

/// A child from its beginning until its end was taken, whether anybody is still interested or not.
///
/// The loop holds it until then, so that no zombie stays.
final class ChildCore: LoopResident, @unchecked Sendable {
  // @unchecked: it is touched on the loop's thread only; `letGo` goes there.

  /// How long the end of a loop waits for a child that was killed.
  private static let mostPatience = Duration.seconds(5)
  /// So much is read before others have their turn.
  private static let mostAtOnce = 64 << 10
  /// What a pipe may hold without a privilege.
  private static let mostInPipe = 1 << 20

  private enum State {
    case running
    /// It has ended as it was told to, and those who still hold its pipes have the rest of its grace. Its number is not
    /// given up yet, so that the group's stays its own.
    case survived
    case over
  }

  let loop: Loop
  let leader: GroupLeader
  private let limits: ChildLimits
  /// Nil when nobody is interested any more.
  private var onEvent: ((ChildEvent) -> Void)?
  private var state = State.running
  private var handle: DescriptorWatch?
  private var input = OutgoingBytes()
  private var inputWatch: DescriptorWatch?
  private var output: ChildOutlet
  private var errors: ChildOutlet
  private var grace: LoopTimer?
  private var graceEnd: ContinuousClock.Instant?
  private var cause = ChildEnd.Cause.itself

  init(
    _ plan: ChildPlan,
    _ limits: ChildLimits,
    on loop: Loop,
    _ onEvent: @escaping (ChildEvent) -> Void
  ) throws(SystemError) {
    loop.requireOwnThread()
    guard !loop.isEnding else { throw .loopIsEnding("clone", on: plan.program) }
    self.loop = loop
    self.limits = limits
    self.onEvent = onEvent
    output = ChildOutlet(limit: limits.output)
    errors = ChildOutlet(limit: limits.errors)
    leader = try GroupLeader(plan)
    loop.residents[ObjectIdentifier(self)] = self
    do throws(SystemError) {
      if let number = leader.handleNumber {
        handle = try DescriptorWatch(on: loop, number, of: leader, for: .readable) { [weak self] _ in self?.end() }
      }
      output.watch = try watch(.output)
      errors.watch = try watch(.errors)
      if let number = leader.inputNumber {
        inputWatch = try DescriptorWatch(on: loop, number, of: leader, for: []) { [weak self] _ in
          self?.flush(isLate: true)
        }
      }
    } catch {
      self.onEvent = nil
      loopEnds()
      throw error
    }
  }

  private func watch(_ outlet: GroupLeader.Outlet) throws(SystemError) -> DescriptorWatch? {
    guard let number = leader.number(of: outlet) else { return nil }
    return try DescriptorWatch(on: loop, number, of: leader, for: .readable) { [weak self] _ in
      guard let self else { return }
      _ = take(outlet)
      checkExcess()
    }
  }

  // MARK: What it is given

  func give(_ bytes: [UInt8]) -> Child.Giving {
    guard leader.inputNumber != nil, !input.isFinal else { return .closed }
    guard input.count <= limits.input else { return .full }
    let isFirst = input.count == 0
    input.append(bytes)
    if isFirst { flush(isLate: false) }
    // Refused at once: then nothing is told of it beside this.
    return leader.inputNumber == nil ? .closed : .taken
  }

  func closeInput() {
    input.isFinal = true
    if input.count == 0 { endInput() }
  }

  /// Gives it what it takes now; `isLate` when that had to wait before.
  private func flush(isLate: Bool) {
    guard input.flush({ leader.write($0) }) else {
      let isExpected = input.isFinal
      endInput()
      if isLate, !isExpected { tell(.inputRefused) }
      return
    }
    guard input.count == 0 else {
      inputWatch?.watch(for: .writable)
      return
    }
    inputWatch?.watch(for: [])
    if input.isFinal { endInput() }
    if isLate { tell(.inputDrained) }
  }

  private func endInput() {
    input.drop()
    inputWatch?.end()
    inputWatch = nil
    leader.closeInput()
  }

  // MARK: What it says

  /// The stream of an outlet.
  private func with<Result>(_ outlet: GroupLeader.Outlet, _ body: (inout ChildOutlet) -> Result) -> Result {
    switch outlet {
    case .output: body(&output)
    case .errors: body(&errors)
    }
  }

  /// Takes some of what it wrote, hands on what may be, and says how much there was; nil when there is no more now.
  private func take(_ outlet: GroupLeader.Outlet) -> Int? {
    if loop.buffer.isEmpty { loop.buffer = [UInt8](repeating: 0, count: Self.mostAtOnce) }
    switch leader.read(outlet, into: &loop.buffer) {
    case .wouldBlock: return nil
    case .ended:
      end(outlet)
      if case .survived = state, !isHeard { finish() }
      return nil
    case .moved(let count):
      let admitted = with(outlet) { $0.admit(count) }
      if admitted > 0 {
        let bytes = Array(loop.buffer.prefix(admitted))
        tell(outlet == .output ? .output(bytes) : .errors(bytes))
      }
      return count
    }
  }

  /// Whether somebody may still write to one of its pipes.
  private var isHeard: Bool { output.watch != nil || errors.watch != nil }

  private func end(_ outlet: GroupLeader.Outlet) {
    // Before the descriptor is closed.
    with(outlet) { $0.watch.take() }?.end()
    leader.close(outlet)
  }

  private func checkExcess() {
    guard output.dropped > 0 || errors.dropped > 0, case .endsChild(let grace) = limits.excess else { return }
    terminate(grace: grace)
  }

  private func tell(_ event: ChildEvent) {
    onEvent?(event)
  }

  // MARK: Its end

  func terminate(grace: Duration) {
    guard case .running = state, cause != .killed else { return }
    guard grace > .zero else { return kill() }
    if cause == .itself {
      cause = .told
      leader.tell(.end)
    }
    let end = ContinuousClock.now.advanced(by: grace)
    if let graceEnd, graceEnd <= end { return }
    graceEnd = end
    let timer = self.grace ?? LoopTimer(on: loop) { [weak self] in self?.kill() }
    self.grace = timer
    timer.set(after: grace)
  }

  func kill() {
    switch state {
    case .running:
      guard cause != .killed else { return }
      cause = .killed
      leader.tell(.die)
    case .survived: finish()
    case .over: break
    }
  }

  /// It has ended, and may have left something running.
  private func end() {
    guard case .running = state else { return }
    if cause == .told, isHeard {
      state = .survived
      handle?.watch(for: [])
    } else {
      finish()
    }
  }

  /// Ends its group, and takes what is left of it.
  private func finish() {
    state = .over
    // Before its number is given up: afterwards the group's could be somebody else's.
    leader.tell(.die)
    drain(.output)
    drain(.errors)
    let end = leader.takeEnd()
    close()
    // Without one it could not be killed, and is our parent's to wait for.
    if let end {
      tell(.ended(ChildEnd(end: end, cause: cause, droppedOutput: output.dropped, droppedErrors: errors.dropped)))
    }
    onEvent = nil
  }

  /// Takes what its pipe holds. Somebody who left its group may go on writing, so there is an end to it.
  private func drain(_ outlet: GroupLeader.Outlet) {
    var left = Self.mostInPipe
    while left > 0, let count = take(outlet) { left -= count }
  }

  private func close() {
    handle?.end()
    handle = nil
    grace = nil
    endInput()
    end(.output)
    end(.errors)
    leader.close()
    loop.residents[ObjectIdentifier(self)] = nil
  }

  /// Nobody is interested in it any more.
  func letGo() {
    if loop.isOwnThread {
      abandon()
    } else {
      loop.performUnlessOver { self.abandon() }
    }
  }

  private func abandon() {
    onEvent = nil
    kill()
  }

  func loopEnds() {
    kill()
    guard case .running = state else { return }
    leader.awaitEnd(for: Self.mostPatience)
    finish()
  }
}
