import Glibc
import LinuxIO
import TestSupport
import Testing

/// Runs a line of shell to its end.
private func run(
  _ line: String,
  input: [UInt8] = [],
  outputLimit: Int = 1 << 20
) throws(SystemError) -> (said: ChildProcess.Said, status: Int32) {
  let child = try ChildProcess("/bin/sh", ["sh", "-c", line], environment: ["COLOUR=green", "PATH=/usr/bin:/bin"])
  let said = child.exchange(input, outputLimit: outputLimit, errorLimit: 5) { _ in }
  child.awaitEnd()
  return (said, child.reap())
}

@Suite("A child", .timeLimit(.minutes(1))) struct ChildProcessTests {
  @Test func getsItsInputAndItsVariablesAndIsHeard() throws {
    let (said, status) = try run(
      "read -r line; echo \"$line $COLOUR\"; echo much too long >&2; exit 3",
      input: [0x61, 0x0A]
    )
    #expect(String(decoding: said.output, as: UTF8.self) == "a green\n")
    #expect(String(decoding: said.errors, as: UTF8.self) == "much ")
    #expect(status == 3)
  }

  @Test func mayTakeAndGiveMoreThanAPipeHolds() throws {
    let much = [UInt8](repeating: 0x78, count: 1 << 20)
    #expect(try run("cat", input: much).said.output == much)
  }

  @Test func needNotReadWhatItIsGiven() async {
    await #expect(processExitsWith: .success) {
      signal(SIGPIPE, SIG_IGN)
      let said = try run("exec 0<&-; echo done", input: [UInt8](repeating: 0x78, count: 1 << 20)).said
      precondition(said.output == Array("done\n".utf8))
    }
  }

  @Test func isEndedWhenItSaysTooMuch() throws {
    let (said, status) = try run("while :; do echo more; done", outputLimit: 4_096)
    #expect(said.isTooLong)
    #expect(status == 128 + SIGKILL)
  }

  @Test func isEndedWithWhatItHasStarted() throws {
    let line = "sh -c 'echo up; exec sleep 600' & wait"
    let child = try ChildProcess("/bin/sh", ["sh", "-c", line], environment: ["PATH=/usr/bin:/bin"])
    #expect(child.exchange([], outputLimit: 2, errorLimit: 0) { _ in }.isTooLong)
    // This ends when nobody holds the other ends any more.
    _ = child.exchange([], outputLimit: 2, errorLimit: 0) { _ in }
    child.awaitEnd()
    #expect(child.reap() == 128 + SIGKILL)
  }

  @Test func thatCannotBeRunIsTold() {
    #expect(throws: SystemError("posix_spawn", on: "/nowhere/program", code: ENOENT)) {
      _ = try ChildProcess("/nowhere/program", ["program"], environment: [])
    }
  }
}

@Suite("Bytes to read") struct ByteInputTests {
  @Test func comeFromAFileUntilItsEnd() throws {
    try withScratchDirectory { folder in
      RawFiles.write("12345", to: folder + "/file")
      let input = try ByteInput(path: folder + "/file")
      #expect(try input.next(3) == Array("123".utf8))
      #expect(try input.next(3) == Array("45".utf8))
      #expect(try input.next(3).isEmpty)
      #expect(throws: SystemError("open", on: folder + "/none", code: ENOENT)) {
        _ = try ByteInput(path: folder + "/none")
      }
    }
  }
}
