import Glibc
import LinuxIO
import TestSupport
import Testing

private let activator = "/usr/bin/systemd-socket-activate"

@Suite(.timeLimit(.minutes(1))) struct ActivatedDescriptorsTests {
  private static func entries(
    _ count: String,
    names: String? = nil,
    process: String = "42"
  ) throws(ActivationError) -> [ActivatedDescriptors.Entry] {
    var environment = ["LISTEN_FDS": count, "LISTEN_PID": process]
    environment["LISTEN_FDNAMES"] = names
    return try ActivatedDescriptors(environment: environment, process: 42).entries
  }

  @Test func areCountedFromThreeAndNamed() throws {
    let two = [ActivatedDescriptors.Entry(number: 3, name: "admin"), .init(number: 4, name: "metrics")]
    #expect(try Self.entries("2", names: "admin:metrics") == two)
    #expect(try Self.entries("1") == [.init(number: 3, name: "unknown")])
    #expect(try Self.entries("2", names: ":") == [.init(number: 3, name: ""), .init(number: 4, name: "")])
  }

  @Test func thereAreNoneForAProcessThatIsNotMeant() throws {
    #expect(try Self.entries("2", process: "43").isEmpty)
    #expect(try ActivatedDescriptors(environment: [:], process: 42).entries.isEmpty)
    #expect(try ActivatedDescriptors(environment: ["LISTEN_FDS": "1"], process: 42).entries.isEmpty)
    #expect(try ActivatedDescriptors(environment: ["LISTEN_PID": "42"], process: 42).entries.isEmpty)
  }

  @Test(arguments: ["0", "-1", "", "two", "1 ", "2147483647", "99999999999"])
  func aCountThatIsNoneIsRefused(_ count: String) {
    #expect(throws: ActivationError.count(count)) { try Self.entries(count) }
  }

  @Test(arguments: ["", "0", "-42", "me"])
  func anAddresseeThatIsNoProcessIsRefused(_ process: String) {
    #expect(throws: ActivationError.process(process)) { try Self.entries("1", process: process) }
  }

  @Test(arguments: [("a", 1), ("a:b:c", 3), ("", 1)])
  func namesThatAreMoreOrFewerAreRefused(_ names: String, _ count: Int) {
    #expect(throws: ActivationError.names(count, descriptors: 2)) { try Self.entries("2", names: names) }
  }

  @Test func eachIsTakenOnceByItsName() throws {
    var descriptors = try ActivatedDescriptors(
      environment: ["LISTEN_FDS": "3", "LISTEN_PID": "42", "LISTEN_FDNAMES": "a:b:a"],
      process: 42
    )
    // Let go of unclosed: in this process these numbers are others' files.
    let first = descriptors.take("a")?.release()
    let second = descriptors.take("a")?.release()
    #expect(first == 3 && second == 5)
    let third = descriptors.take("a")?.release()
    let other = descriptors.take("c")?.release()
    #expect(third == nil && other == nil)
    #expect(descriptors.entries == [.init(number: 4, name: "b")])
  }

  @Test func areMarkedSoThatNoChildInheritsThem() throws {
    let line = "LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=one:two exec \"$0\" socket-take 3</dev/null 4</dev/null"
    let (code, output) = try ProcessRun.run("sh", "-c", line, try ProcessRun.peer)
    #expect(output == "one 3 ours\ntwo 4 ours\nall\n")
    #expect(code == 0)
  }

  @Test func oneThatWasAnnouncedAndIsNotThereIsAnError() throws {
    let line = "LISTEN_PID=$$ LISTEN_FDS=2 exec \"$0\" socket-take 3</dev/null 4<&-"
    let (code, output) = try ProcessRun.run("sh", "-c", line, try ProcessRun.peer)
    #expect(code == 1)
    #expect(output.contains("descriptor 4"), "\(output)")
  }

  @Test(.enabled(if: unsafe access(activator, X_OK) == 0, "no systemd here"))
  func systemdHandsOverItsSockets() throws {
    try withScratchDirectory { folder in
      let sockets = ["-l", folder + "/one", "-l", folder + "/two", "--fdname=one:two"]
      let run = try ProcessRun([activator] + sockets + [try ProcessRun.peer, "socket-take", "two"])
      // Only when it says that it listens on the second one can that be connected to.
      var isListening = false
      while !isListening, let line = run.line() { isListening = line.contains("/two") }
      try #require(isListening)
      let connection = UnixSocket.connected(to: folder + "/two")
      #expect(connection.receive() == "from two")
      let (code, output) = run.finish()
      #expect(code == 0)
      #expect(output.contains("one 3 ours\ntwo 4 ours\nall\n"), "\(output)")
    }
  }
}
