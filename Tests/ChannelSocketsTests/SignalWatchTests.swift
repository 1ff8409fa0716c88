import ChannelSockets
import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("A watch on a signal", .timeLimit(.minutes(2))) struct SignalWatchTests {
  @Test(arguments: [SIGTERM, SIGINT, SIGHUP]) func isToldInsteadOfTheProgramBeingEnded(_ number: Int32) async {
    await #expect(processExitsWith: .exitCode(7)) { [number] in
      let notebook = Notebook<ProgramSignal>()
      try await withLoop { loop in
        let lodger = Lodger(loop)
        try await lodger.run { lodger in
          for signal in ProgramSignal.allCases {
            lodger.signals.append(try SignalWatch(on: loop, signal) { notebook.write(signal) })
          }
        }
        kill(getpid(), number)
        try await eventually { !notebook.lines.isEmpty }
        let expected: [Int32: ProgramSignal] = [SIGTERM: .terminate, SIGINT: .interrupt, SIGHUP: .hangUp]
        let isRight = notebook.lines == [expected[number]]
        await lodger.moveOut()
        exit(isRight ? 7 : 1)
      }
    }
  }

  @Test func leavesTheSignalAsItWas() async {
    await #expect(processExitsWith: .signal(SIGTERM)) {
      try await withLoop { loop in
        let lodger = Lodger(loop)
        try await lodger.run { $0.signals.append(try SignalWatch(on: loop, .terminate) {}) }
        await lodger.moveOut()
        await lodger.run { _ in }
        kill(getpid(), SIGTERM)
        try await eventually { false }
      }
    }
  }
}
