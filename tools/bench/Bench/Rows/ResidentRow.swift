// What a waiting program keeps in memory.

internal import Glibc
internal import LinuxIO

/// The memory of a `transom listen` that waits for messages.
struct ResidentRow: Row {
  static let row = ResidentRow()

  let name = "memory of an idle `transom listen`"

  func begin(_ number: Int, with bench: Bench) throws -> () throws -> [Figure] {
    guard let program = bench.program else {
      return {
        bench.remark("\(name): left out without --program")
        return []
      }
    }
    let nowhere = try ChildProcess.nowhere()
    let channel = "\(try bench.memory.newFolder())/channel"
    let maker = try ChildProcess([program, "init", channel], input: nowhere.number, output: nowhere.number)
    guard maker.wait() == 0 else { throw WorkerProcess.Failure(description: "`transom init` failed") }
    let listener = try ChildProcess(
      [program, "listen", channel],
      input: nowhere.number,
      output: nowhere.number,
      error: nowhere.number
    )
    // Measured after the rows that take a while, so that it has long been waiting.
    return {
      let facts = try ProcessFacts(of: listener.pid)
      return [Figure(row: name, value: facts.resident, unit: .megabytes, target: .value(atMost: 15))]
    }
  }
}
