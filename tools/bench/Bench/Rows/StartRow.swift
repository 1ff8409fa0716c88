// From nothing to a program's end.

internal import Glibc
internal import LinuxIO

/// How long `transom` takes to start, do next to nothing and end; held against a program in C that does nothing.
struct StartRow: Row {
  static let row = StartRow()

  /// Where the machine takes its time for starting anything, as one does that lends its processors to others, so many times
  /// what it takes for the other.
  private static let mostOfTheOther = 5.0

  let name = "start `transom --version` and wait for its end"

  func begin(_ number: Int, with bench: Bench) throws -> () throws -> [Figure] {
    {
      guard let program = bench.program else {
        bench.remark("\(name): left out without --program")
        return []
      }
      var ours: [Double] = []
      var theirs: [Double] = []
      for _ in 0..<bench.effort.starts {
        ours.append(try Self.seconds(toRun: [program, "--version"]))
        theirs.append(try Self.seconds(toRun: ["/bin/true"]))
      }
      return [
        Figure(
          row: name,
          value: Unit.milliseconds.value(ofSeconds: ours.median),
          unit: .milliseconds,
          contender: "/bin/true",
          other: Unit.milliseconds.value(ofSeconds: theirs.median),
          ratio: ours.median / theirs.median,
          target: .value(atMost: 3),
          pace: Self.mostOfTheOther * Unit.milliseconds.value(ofSeconds: theirs.median)
        )
      ]
    }
  }

  private static func seconds(toRun arguments: [String]) throws -> Double {
    let nowhere = try ChildProcess.nowhere()
    let start = KernelClock.sinceBoot()
    let child = try ChildProcess(arguments, input: nowhere.number, output: nowhere.number)
    let status = child.wait()
    let end = KernelClock.sinceBoot()
    guard status == 0 else { throw WorkerProcess.Failure(description: "\(arguments) ended with status \(status)") }
    return Double(end - start) / 1e9
  }
}
