import ChannelMessages
import ChannelModel
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// Handlers that do whatever programs do, behind the real daemon.
@Suite(.timeLimit(.minutes(2))) struct DaemonFaultTests {
  struct Fault: CustomTestStringConvertible, Sendable {
    let name: String
    /// What the handler is: lines of TOML.
    let handler: String
    /// What the asker is told, and what the log says.
    let answer: String
    let line: String
    var testDescription: String { name }

    init(_ name: String, _ handler: String, answer: String, line: String? = nil) {
      self.name = name
      self.handler = handler
      self.answer = answer
      self.line = line ?? answer
    }
  }

  static let faults = [
    Fault(
      "hangs",
      "run = [\"sh\", \"-c\", \"exec tail -f /dev/null\"]\ntime-limit = \"300ms\"",
      answer: "the handler took longer than"
    ),
    Fault(
      "hangs and ignores TERM",
      """
      run = ["sh", "-c", "trap '' TERM; echo $$ > FOLDER/pid; while :; do :; done"]
      time-limit = "300ms"
      grace = "200ms"
      """,
      answer: "the handler took longer than"
    ),
    Fault("crashes", "run = [\"sh\", \"-c\", \"kill -SEGV $$\"]", answer: "the handler was ended by signal 11"),
    Fault("fails", "run = [\"sh\", \"-c\", \"echo out of luck >&2; exit 3\"]", answer: "status 3: out of luck"),
    Fault(
      "floods its output",
      "run = [\"yes\"]\noutput-limit = \"64 KiB\"",
      answer: "answered with more than 65536 bytes"
    ),
    Fault(
      "floods its errors",
      "run = [\"sh\", \"-c\", \"yes no no no | head -c 5000000 >&2; exit 4\"]",
      answer: "the handler ended with status 4"
    ),
    Fault(
      "forks and leaves",
      """
      run = ["sh", "-c", "(echo $BASHPID; exec tail -f /dev/null) & echo $! > FOLDER/pid; exit 5"]
      """,
      answer: "the handler ended with status 5"
    ),
    Fault("answers no JSON", "run = [\"echo\", \"{oops\"]", answer: "the handler's answer is no JSON"),
    Fault("is not there", "run = [\"/no/such/program\"]", answer: "the handler cannot be started"),
    Fault(
      "takes too much memory",
      "run = [\"python3\", \"-c\", \"x = bytearray(1 << 30); print(1)\"]\nmemory-limit = \"256 MiB\"",
      answer: "the handler ended with status 1"
    ),
    Fault(
      "is a worker that dies",
      "worker = [\"sh\", \"-c\", \"read line; exit 9\"]",
      answer: "the handler's worker ended with status 9 before it answered"
    ),
    Fault(
      "is a worker that never answers",
      "worker = [\"sh\", \"-c\", \"while read line; do :; done\"]\ntime-limit = \"300ms\"",
      answer: "the handler took longer than"
    ),
    Fault(
      "is a worker that floods",
      "worker = [\"yes\"]\ntime-limit = \"500ms\"",
      answer: "the handler's worker",
      line: "a value was expected"
    ),
  ]

  @Test(arguments: faults) func isToldToWhoAskedAndInTheLogAndKeepsNobodyElse(_ fault: Fault) async throws {
    let good = """

      [[handler]]
      name = "good"
      run = ["cat"]
      methods = ["good"]
      """
    let bad = "[[handler]]\nname = \"bad\"\n\(fault.handler)\nmethods = [\"bad\"]\nattempts = 1\n"
    try await DaemonScene.with(bad + good) { scene in
      let channel = try scene.channel()
      async let failure = #expect(throws: ChannelError.self) {
        _ = try await channel.request("bad", JSONText(integer: 1), timeout: .seconds(20)) as JSONText
      }
      #expect(try await channel.request("good", JSONText(integer: 2), timeout: .seconds(20)) == JSONText(integer: 2))
      let error = await failure
      #expect(error?.code == .answeredWithError && error?.what.contains(fault.answer) == true, "\(error as Any)")
      #expect(scene.moment(of: fault.line, "\"bad\"") != nil, "\(scene.said.suffix(6))")
      // What it started ends with it.
      if let pid = scene.lines(of: "pid").first.flatMap({ Int32($0) }) {
        try await eventually { kill(pid, 0) != 0 || RawFiles.read("/proc/\(pid)/stat")?.contains(" Z ") == true }
      }
      await channel.close()
    }
  }

  /// A disk that is full for a handler is a failure like others; the daemon's own state is on another one.
  @Test func aHandlerOnAFullDiskFailsAndTheNextMessageIsHandledOnceThereIsRoom() async throws {
    let handler = """
      [[handler]]
      name = "keep"
      run = ["sh", "-c", "cat > FOLDER/small/kept"]
      events = ["keep"]
      """
    let folder = try ScratchDirectory.make()
    let script = "mkdir -p \(folder)/small && mount -t tmpfs -o size=64k none \(folder)/small && exec \"$@\""
    let scene = DaemonScene(folder, handler, prefix: ["unshare", "--mount", "sh", "-c", script, "sh"])
    if let refusal = MountNamespace.refusal {
      print("not run, since this user may not mount: \(refusal)")
      return try await DaemonScene.remove(folder)
    }
    try scene.start()
    // The daemon's mounts are its own, and seen through it.
    let small = "/proc/\(scene.pid)/root\(folder)/small"
    #expect(try ProcessRun.run("sh", "-c", "head -c 65536 /dev/zero > \(small)/fill").code == 0)
    let channel = try scene.channel()
    try await channel.send("keep", JSONText(integer: 1))
    #expect(scene.moment(of: "set aside", "No space left on device") != nil, "\(scene.said.suffix(5))")
    RawFiles.remove(small + "/fill")
    try await channel.send("keep", JSONText(integer: 2))
    try await eventually { RawFiles.read(small + "/kept")?.hasPrefix("2") == true }
    await channel.close()
    try scene.kill()
    try await DaemonScene.remove(folder)
  }

  /// Nobody reads what the daemon says, and the pipe is full: it serves on. What is lost then, LineWriterTests tell.
  @Test func servesOnWhenNobodyReadsItsLog() async throws {
    let loud = """
      [[handler]]
      name = "loud"
      run = ["sh", "-c", "yes loud | head -c 30000 >&2; cat"]
      methods = ["loud"]
      """
    let folder = try ScratchDirectory.make()
    let scene = DaemonScene(folder, loud)
    RawFiles.makeDirectory(scene.root)
    var ends: [Int32] = [-1, -1]
    #expect(unsafe pipe(&ends) == 0)
    let prefix = ["sh", "-c", "exec \"$@\" 2>/proc/self/fd/\(ends[1])", "sh"]
    let run = try ProcessRun(prefix + [try DaemonScene.program, "--config", scene.configuration])
    let channel = try Channel(at: scene.root + "/channel", as: .frontend)
    var waiting: Int32 = 0
    // Until nothing more goes into it, and then some.
    for number in 0..<2_000 {
      let payload = JSONText(integer: number)
      #expect(try await channel.request("loud", payload, timeout: .seconds(20)) == payload)
      _ = unsafe ioctl(ends[0], UInt(FIONREAD), &waiting)
      if waiting > 50_000, number > 300 { break }
    }
    #expect(waiting > 50_000)
    await channel.close()
    kill(run.pid, SIGTERM)
    #expect(run.wait() == 0)
    close(ends[0])
    close(ends[1])
    try await DaemonScene.remove(folder)
  }

  /// Pauses between attempts, and what waits, do not keep it from ending; the next daemon takes up what is left.
  @Test func endsAtOnceWhileSomethingWaitsForAnotherAttempt() async throws {
    let later = """
      [[handler]]
      name = "later"
      run = ["sh", "-c", "echo >> FOLDER/ran; test -e FOLDER/go && cat || exit 75"]
      methods = ["later"]
      events = ["later"]
      backoff = { first = "1m", longest = "1m" }
      """
    try await DaemonScene.with(later) { scene in
      let channel = try scene.channel()
      try await channel.send("later", JSONText(integer: 1))
      async let answer: JSONText = channel.request("later", JSONText(integer: 2), timeout: .seconds(25))
      try await eventually { RawFiles.read(scene.folder + "/ran") == "\n\n" }
      let begin = KernelClock.sinceBoot()
      try scene.kill(SIGTERM)
      #expect(KernelClock.sinceBoot() - begin < 2_000_000_000)
      RawFiles.write("", to: scene.folder + "/go")
      try scene.start()
      #expect(try await answer == JSONText(integer: 2))
      try await eventually { RawFiles.read(scene.folder + "/ran") == "\n\n\n\n" }
      await channel.close()
    }
  }
}
