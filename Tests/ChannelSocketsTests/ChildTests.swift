import ChannelSockets
import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("A child on a loop", .timeLimit(.minutes(2))) struct ChildOnLoopTests {
  @Test(arguments: [0, 3, 127, 255] as [Int32]) func tellsItsStatus(_ status: Int32) async throws {
    let (_, end) = try await runShell("exit \(status)")
    #expect(end == ChildEnd(end: .exited(status), cause: .itself, droppedOutput: 0, droppedErrors: 0))
  }

  @Test(arguments: ["SEGV": SIGSEGV, "KILL": SIGKILL, "PIPE": SIGPIPE, "HUP": SIGHUP])
  func tellsTheSignalThatEndedIt(_ name: String, _ number: Int32) async throws {
    let (_, end) = try await runShell("kill -\(name) $$")
    #expect(end == ChildEnd(end: .signalled(number), cause: .itself, droppedOutput: 0, droppedErrors: 0))
  }

  @Test func isHeardToItsLastWord() async throws {
    let (keeper, end) = try await runShell("echo out; echo err >&2; head -c 300000 /dev/zero; echo last")
    #expect(end?.end == .exited(0))
    #expect(await keeper.output == Array("out\n".utf8) + [UInt8](repeating: 0, count: 300_000) + Array("last\n".utf8))
    #expect(await keeper.errorText == "err\n")
  }

  @Test func thatCannotBeginIsTold() async throws {
    let path = try ScratchDirectory.make()
    defer { try? ScratchDirectory.remove(path) }
    RawFiles.write("#!/bin/sh\n", to: path + "/not-for-running")
    RawFiles.write("\u{1}\u{2}", to: path + "/no-program")
    unsafe chmod(path + "/no-program", 0o755)
    let refusals = [
      ("/nowhere/program", "execve", ENOENT),
      (path + "/not-for-running", "execve", EACCES),
      (path + "/no-program", "execve", ENOEXEC),
      (path, "execve", EACCES),
    ]
    try await withLoop { loop in
      let keeper = Keeper(on: loop)
      let before = try openDescriptors()
      for (program, call, code) in refusals {
        var plan = ChildPlan.shell("")
        plan.program = program
        let error = await #expect(throws: SystemError.self) { try await keeper.start(plan) }
        #expect(error == SystemError(call, on: program, code: code))
      }
      var plan = ChildPlan.shell("")
      plan.directory = "/nowhere"
      let error = await #expect(throws: SystemError.self) { try await keeper.start(plan) }
      #expect(error == SystemError("chdir", on: "/nowhere", code: ENOENT))
      #expect(try isClosed(downTo: before))
      #expect(await keeper.others.isEmpty)
    }
  }

  @Test func getsWhatItIsGivenAndNothingElse() async throws {
    // As a library's would be: open in children, and out of the way of what a shell opens for itself.
    let leaked = fcntl(2, F_DUPFD, 200)
    defer { close(leaked) }
    signal(SIGUSR1, SIG_IGN)
    defer { signal(SIGUSR1, SIG_DFL) }
    try await withLoop { loop in
      let keeper = Keeper(on: loop)
      var plan = ChildPlan.shell(
        """
        pwd; echo $COLOUR; env | wc -l; ulimit -v
        cut -d' ' -f5 /proc/$$/stat
        ls /proc/$$/fd
        exec grep -E '^Sig(Blk|Ign)' /proc/self/status
        """
      )
      plan.directory = "/usr/bin"
      plan.environment += ["COLOUR=green"]
      plan.addressSpace = 512 << 20
      let number = try await keeper.start(plan)
      #expect(await keeper.untilEnd()?.end == .exited(0))
      let lines = await keeper.text.split(separator: "\n").map(String.init)
      // The shell adds PWD.
      #expect(lines.prefix(4) == ["/usr/bin", "green", "3", "\(512 << 10)"])
      #expect(lines.dropFirst(4).first == "\(number)")
      // Two are glibc's own, which nobody can set.
      #expect(lines.dropFirst(5).prefix(3) == ["0", "1", "2"])
      let signals = lines.dropFirst(8).map { $0.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } }
      #expect(signals.map { $0.map { $0 & ~0x1_8000_0000 } } == [0, 0])
    }
  }

  @Test func mayHaveNoStreams() async throws {
    try await withLoop { loop in
      let keeper = Keeper(on: loop)
      let line = "cat; echo nobody; echo hears >&2; [ $(readlink /proc/$$/fd/0) = /dev/null ]"
      try await keeper.start(ChildPlan("/bin/sh", ["sh", "-c", line], environment: ["PATH=/usr/bin:/bin"]))
      #expect(await keeper.give([1]) == .closed)
      #expect(await keeper.untilEnd()?.end == .exited(0))
      #expect(await keeper.output.isEmpty)
      #expect(await keeper.errors.isEmpty)
    }
  }

  @Test func leavesNothingBehindThoughThereAreTwoHundred() async {
    await #expect(processExitsWith: .success) {
      try await withLoop { loop in
        let lodger = Lodger(loop)
        await lodger.run { _ in }
        let before = try openDescriptors()
        var keepers: [(keeper: Keeper, number: Int)] = []
        for number in 0..<200 {
          let keeper = Keeper(on: loop)
          try await keeper.start(.shell("read -r go; echo $go; exit \(number)"))
          keepers.append((keeper, number))
        }
        #expect(try openDescriptors() > before + 200)
        for (keeper, _) in keepers { #expect(await keeper.give(Array("go\n".utf8)) == .taken) }
        for (keeper, number) in keepers {
          #expect(await keeper.untilEnd()?.end == .exited(Int32(number)))
          #expect(await keeper.text == "go\n")
        }
        // What libuv closes goes a moment later.
        try await eventually { try isClosed(downTo: before) }
        // No child is left, dead or alive.
        let (answer, code) = (waitpid(-1, nil, WNOHANG), errno)
        #expect(answer == -1)
        #expect(code == ECHILD)
      }
    }
  }

  @Test func whoseEndIsTakenBySomebodyElseIsToldAsFarAsItIsKnown() async {
    await #expect(processExitsWith: .success) {
      // So the kernel lets nobody wait.
      signal(SIGCHLD, SIG_IGN)
      let (_, end) = try await runShell("exit 3")
      #expect(end == ChildEnd(end: .unknown, cause: .itself, droppedOutput: 0, droppedErrors: 0))
    }
  }
}
