// What a program says, and that nobody waits for those who read it.

internal import Synchronization

/// Writes lines on a thread of its own, in order: whoever reads them may be slow, or not read at all.
///
/// So many bytes wait at most; what comes then is lost, and how much is said as soon as there is somebody who reads.
package final class LineWriter: Sendable {
  private struct State {
    var lines: [String] = []
    var byteCount = 0
    /// Lines that are lost and not yet told, and all that were ever lost.
    var untold: UInt64 = 0
    var lost: UInt64 = 0
    var isWriting = false
    var isOver = false
  }

  private static let mostBytes = 1 << 20

  private let state = Mutex(State())
  private let gate = Gate()
  private let write: @Sendable (String) -> Void
  private let lostLine: @Sendable (UInt64) -> String

  /// Starts the thread. `lostLine` makes the line that tells how many were lost.
  package init(
    lostLine: @escaping @Sendable (UInt64) -> String,
    write: @escaping @Sendable (String) -> Void
  ) throws(SystemError) {
    self.write = write
    self.lostLine = lostLine
    try KernelThread.start("lines") { [self] in
      KernelThread.blockBrokenPipe()
      run()
    }
  }

  /// How many lines were lost.
  package var lostCount: UInt64 { state.withLock { $0.lost } }

  /// Has a line written.
  package func add(_ line: String) {
    state.withLock { state in
      guard state.byteCount + line.utf8.count <= Self.mostBytes else {
        state.untold += 1
        state.lost += 1
        return
      }
      state.lines.append(line)
      state.byteCount += line.utf8.count
    }
    gate.open(forAll: true)
  }

  /// Waits until all is written, at most so long, and ends the thread.
  package func finish(within limit: Duration) {
    let deadline = KernelClock.after(limit)
    while KernelClock.sinceBoot() < deadline {
      let value = gate.value
      if state.withLock({ $0.lines.isEmpty && !$0.isWriting }) { break }
      gate.wait(while: value, until: deadline)
    }
    state.withLock { $0.isOver = true }
    gate.open(forAll: true)
  }

  private func run() {
    while true {
      let value = gate.value
      let (text, isOver) = take()
      if let text {
        // What was written before a reader went away is his.
        write(text)
        state.withLock { $0.isWriting = false }
        gate.open(forAll: true)
      } else if isOver {
        return
      } else {
        gate.wait(while: value)
      }
    }
  }

  /// The lines that wait, as one text.
  private func take() -> (String?, isOver: Bool) {
    let (lines, untold, isOver) = state.withLock { state in
      let taken = (state.lines, state.untold, state.isOver)
      state.lines.removeAll(keepingCapacity: true)
      state.byteCount = 0
      state.untold = 0
      state.isWriting = !taken.0.isEmpty || taken.1 > 0
      return taken
    }
    guard !lines.isEmpty || untold > 0 else { return (nil, isOver) }
    return (lines.joined() + (untold > 0 ? lostLine(untold) : ""), isOver)
  }
}
