// What a channel costs that nobody uses.

internal import LinuxIO
internal import Transom

/// A process with an open channel, somebody who listens and somebody who answers, and nothing to do.
struct IdleRow: Row {
  static let row = IdleRow()

  let name = "idle channel, listener and responder"

  let contenders = [
    Contender(
      "Transom",
      .works { place in
        let channel = try Channel(at: "\(place.folder)/channel", as: .backend)
        let messages = channel.messages
        let responder = channel.respond(to: "echo") { (value: Int) in value }
        return { _ in
          withExtendedLifetime((messages, responder)) {}
          channel.close()
        }
      }
    )
  ]

  /// The process begins to idle before the other rows are measured, and is looked at again behind them.
  func begin(_ number: Int, with bench: Bench) throws -> () throws -> [Figure] {
    let worker = try WorkerProcess(row: number, contender: 0, end: 0, folder: bench.memory.newFolder())
    KernelClock.pause(.seconds(1))
    let start = KernelClock.sinceBoot()
    let before = try worker.facts()
    return {
      let passed = { Double(KernelClock.sinceBoot() - start) / 1e9 }
      KernelClock.pause(.seconds(max(0, bench.effort.idleTime - passed())))
      let after = try worker.facts()
      let seconds = passed()
      let share = (after.processorTime - before.processorTime) / seconds * 100
      let wakeUps = Double(after.sleeps - before.sleeps) / seconds * 60
      return [
        Figure(row: name, value: share, unit: .percent, target: .value(atMost: 0.1)),
        // The sweep looks at everything each 30 s; a thread that then looks twice before it sleeps is no other wake-up.
        Figure(row: name, value: wakeUps, unit: .wakeUps, target: .value(atMost: 4)),
        Figure(row: name, value: after.resident, unit: .megabytes, target: .value(atMost: 15)),
      ]
    }
  }
}
