// One round, from an empty channel to the last message.

internal import ChannelMessages
internal import Glibc
internal import LinuxIO
internal import TestSupport
internal import Transom

/// Plays a scenario; everything that it has started is dead when it ends.
final class Round {
  let folder: RoundFolder
  private(set) var parts: [RunningPart] = []
  /// What hung or crashed.
  private(set) var failures: [String] = []
  /// What was done, with times.
  private(set) var diary: [String] = []
  private let scenario: Scenario
  private let launcher: Launcher
  private let start = KernelClock.sinceBoot()
  private var chance: SeededGenerator

  init(_ scenario: Scenario, _ options: FaultOptions) throws {
    self.scenario = scenario
    folder = RoundFolder(path: try ScratchDirectory.make(on: scenario.ground))
    launcher = Launcher(
      folder: folder,
      peers: options.peers,
      peerProgram: options.peerProgram,
      bridgeProgram: options.bridgeProgram,
      port: scenario.place?.isPort == true ? try FarPlace.freePort() : nil
    )
    chance = SeededGenerator(seed: scenario.seed ^ UInt64(scenario.round))
    let channel = try Channel(at: folder.channel, as: .backend)
    // What is sent is kept for the other end of a bridge from its first connecting on, and here that is now.
    if scenario.place?.isListening == false { try channel.messages(reader: "bridge-socket", from: .now).close() }
    channel.close()
  }

  func remove() { try? ScratchDirectory.remove(folder.path) }

  private var now: Int { Int((KernelClock.sinceBoot() - start) / 1_000_000) }

  private func note(_ text: String) { diary.append("\(now) ms: \(text)") }

  // MARK: Playing

  func play() {
    defer { for part in parts { part.end() } }
    let launcher = launcher
    parts = scenario.programs.map { RunningPart($0) { launcher.start($0, named: $1, incarnation: $2) } }
    var acts = scenario.acts[...]
    while now < scenario.milliseconds {
      while let act = acts.first, act.time <= now {
        acts.removeFirst()
        parts[act.program].carryOut(act.deed, at: now)
        note("\(act.deed) \(parts[act.program].program.name)")
      }
      tend()
    }
    note("calm")
    for part in parts { part.hurry() }
    Disk.write([], to: folder.stop, flags: 0)
    let writing = parts.filter { !$0.program.readsToTheEnd && !$0.program.servesToTheEnd }
    guard hasAwaited(writing, within: 25_000) else { return }
    if let far = parts.first(where: { $0.program.role == .talk }) {
      guard isCalm(far, within: 25_000) else { return }
      writeLast(of: .frontend)
      // It has told all by then.
      guard hasAwaited([far], within: 25_000) else { return }
      writeLast(of: .backend)
    } else {
      for side in Side.allCases { writeLast(of: side) }
    }
    Disk.write([], to: folder.drain, flags: 0)
    _ = hasAwaited(parts.filter(\.program.readsToTheEnd), within: 25_000)
  }

  private func tend(_ others: [RunningPart] = []) {
    for part in parts + others {
      let (former, incarnation) = (part.state, part.incarnation)
      part.tend(at: now, restartPause: Int.random(in: 0...200, using: &chance))
      if part.state != former { note("\(part.program.name).\(part.incarnation) is \(part.state)") }
      if part.incarnation != incarnation { note("\(part.program.name) begins again") }
      if case .ended(let raw) = part.state, former != part.state, raw != 0 {
        fail("\(part.program.name).\(part.incarnation) ended with status \(raw >> 8) and signal \(raw & 0x7F)")
      }
    }
    KernelClock.pause(.milliseconds(2))
  }

  private func fail(_ text: String) { failures.append("at \(now) ms: \(text)") }

  /// Waits for the end of these; false when that took too long.
  private func hasAwaited(_ awaited: [RunningPart], within milliseconds: Int, beside others: [RunningPart] = []) -> Bool
  {
    let deadline = now + milliseconds
    while awaited.contains(where: { !$0.isOver }) {
      guard now < deadline else {
        for part in awaited where !part.isOver {
          fail("\(part.program.name).\(part.incarnation) does not come to its end; \(kernelView(of: part.number))")
        }
        return false
      }
      tend(others)
    }
    return true
  }

  /// Waits until the other end of a bridge behaves well, and hears all that is sent.
  private func isCalm(_ far: RunningPart, within milliseconds: Int) -> Bool {
    let deadline = now + milliseconds
    while !Disk.exists(folder.calm) {
      guard now < deadline, !far.isOver else {
        fail("\(far.program.name) does not come to terms with the bridge")
        return false
      }
      tend()
    }
    return true
  }

  private func kernelView(of process: Int32) -> String {
    let threads = Disk.names(in: "/proc/\(process)/task").map { thread in
      let path = "/proc/\(process)/task/\(thread)"
      let call = Disk.text("\(path)/syscall")?.split(separator: " ").first ?? "?"
      let place = Disk.text("\(path)/wchan") ?? "?"
      return "\(thread): call \(call) in \(place)"
    }
    return threads.joined(separator: ", ")
  }

  private func writeLast(of side: Side) {
    let program = Scenario.Program(name: RoundFolder.lastSender, role: .write, side: side)
    let launcher = launcher
    let last = RunningPart(program) { _, _, _ in
      launcher.startLast(of: side.rawValue, named: RoundFolder.lastSender)
    }
    _ = hasAwaited([last], within: 20_000, beside: [last])
  }
}
