import LinuxIO
import Synchronization
import TestSupport
import Testing

/// What is said where nobody reads it.
@Suite(.timeLimit(.minutes(1))) struct LineWriterTests {
  @Test func losesLinesRatherThanKeepAnybodyWaitingAndSaysHowMany() throws {
    let written = Mutex("")
    let isRead = Latch()
    let gate = Gate()
    let writer = try LineWriter(lostLine: { "lost \($0)\n" }) { text in
      // As a pipe that is full.
      while !isRead.isOpen {
        let value = gate.value
        if !isRead.isOpen { gate.wait(while: value, until: KernelClock.sinceBoot() + 10_000_000) }
      }
      written.withLock { $0 += text }
    }
    let line = String(repeating: "x", count: 999) + "\n"
    // Whenever the writer's thread comes to it, it takes no more than fits, and as much fits once more.
    let count = 5_000
    for _ in 0..<count { writer.add(line) }
    let lost = writer.lostCount
    #expect(lost > 1_000 && lost < UInt64(count))
    isRead.open()
    writer.finish(within: .seconds(10))
    let lines = written.withLock { $0.split(separator: "\n") }
    // It may have taken lines once or twice, and says each time what was lost until then.
    let told = lines.compactMap { $0.hasPrefix("lost ") ? UInt64($0.dropFirst(5)) : nil }
    #expect(told.reduce(0, +) == lost)
    #expect(lines.last?.hasPrefix("lost ") == true)
    #expect(lines.count - told.count == count - Int(lost))
  }

  @Test func writesEverythingInOrderBeforeItEnds() throws {
    let written = Mutex("")
    let writer = try LineWriter(lostLine: { "lost \($0)\n" }) { text in written.withLock { $0 += text } }
    for number in 0..<1_000 { writer.add("\(number)\n") }
    writer.finish(within: .seconds(10))
    #expect(written.withLock { $0 } == (0..<1_000).map { "\($0)\n" }.joined())
    #expect(writer.lostCount == 0)
  }

  @Test func waitsNoLongerThanItIsTold() throws {
    let isOver = Latch()
    let writer = try LineWriter(lostLine: { _ in "" }) { _ in
      while !isOver.isOpen { KernelClock.pause(.milliseconds(1)) }
    }
    writer.add("nobody reads this")
    let begin = KernelClock.sinceBoot()
    writer.finish(within: .milliseconds(50))
    #expect(KernelClock.sinceBoot() - begin < 5_000_000_000)
    isOver.open()
  }
}
