import Glibc
import LinuxIO
import TestSupport
import Testing

/// A stat line as the kernel writes it, for a process of this name.
private func line(_ name: [UInt8], state: String = "S", threads: Int = 1, start: String = "12345") -> [UInt8] {
  Array("4242 (".utf8) + name
    + Array(") \(state) 1 4242 4242 0 -1 4194560 100 0 0 0 1 2 3 4 20 0 \(threads) 0 \(start) 2600960 500 1844\n".utf8)
}

@Suite struct ProcessStatTests {
  @Test(arguments: [
    "sleep", "", " ", ")", "(", "()", ") R 1 (", "a) Z 1 2 3", "((((", "))))", "new\nline", "4242 (sleep) S 1",
    ") S 1 4242 4242 0 -1 0 0 0 0 0 1 2 3 4 20 0 7 0 99 (",
  ])
  func theNameMayBeAnything(_ name: String) {
    let stat = ProcessStat.parse(line(Array(name.utf8)))
    #expect(stat?.pid == 4_242)
    #expect(stat?.state == UInt8(ascii: "S"))
    #expect(stat?.threads == 1)
    #expect(stat?.startTime == 12_345)
  }

  @Test func theNameMayBeNoText() {
    #expect(ProcessStat.parse(line([0xff, 0x00, 0xfe, 0x29, 0x20]))?.startTime == 12_345)
  }

  @Test func aLineCutAnywhereBeforeItsStartTimeIsNone() {
    let whole = line(Array("a) b (c".utf8))
    let needed = Array(" 2600960 500 1844\n".utf8).count
    for size in 0..<(whole.count - needed) {
      // Inside the number itself a shorter number stands there, which nothing in the line can tell.
      if size > whole.count - needed - 5 { continue }
      #expect(ProcessStat.parse(Array(whole.prefix(size))) == nil)
    }
  }

  @Test(arguments: ["-1", "+1", "1x", "0x10", "18446744073709551616", "1.5", "٣"])
  func aStartTimeThatIsNoNumberIsRefused(_ start: String) {
    #expect(ProcessStat.parse(line(Array("sleep".utf8), start: start)) == nil)
  }

  @Test(arguments: ["", "()", ")(", "(", ")", " () ", "1 2 (a) S 1", "-5 (a) S 1", "0 (a) S", "\u{0}"])
  func whatIsNoLineIsRefused(_ text: String) {
    #expect(ProcessStat.parse(Array(text.utf8)) == nil)
    #expect(ProcessStat.parse(Array(text.utf8) + line([]).drop { $0 != UInt8(ascii: ")") }) == nil || text == "0 (a) S")
  }

  @Test func onlyAProcessWithoutLivingThreadsIsDead() {
    #expect(ProcessStat.parse(line([], state: "Z"))?.isDead == true)
    #expect(ProcessStat.parse(line([], state: "X"))?.isDead == true)
    #expect(ProcessStat.parse(line([], state: "Z", threads: 2))?.isDead == false)
    #expect(ProcessStat.parse(line([], state: "T"))?.isDead == false)
  }
}

@Suite struct ProcessBootTests {
  @Test func theTextIsSixteenBytes() {
    let text = "01234567-89ab-cdef-FEDC-ba9876543210\n"
    let bytes: [UInt8] = [
      0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10,
    ]
    #expect(BootIdentity.parse(Array(text.utf8))?.bytes == bytes)
    #expect(BootIdentity(bytes) == BootIdentity.parse(Array(text.utf8)))
    #expect(BootIdentity(bytes.dropLast()) == nil)
  }

  @Test(arguments: [
    "", "\n", "01234567-89ab-cdef-fedc-ba987654321", "01234567-89ab-cdef-fedc-ba98765432100",
    "0123456789abcdeffedcba9876543210", "0123456g-89ab-cdef-fedc-ba9876543210",
    "-01234567-89ab-cdef-fedc-ba9876543210", "01234567-89ab-cdef-fedc-ba9876543210\n\n",
  ])
  func otherTextIsNone(_ text: String) {
    #expect(BootIdentity.parse(Array(text.utf8)) == nil)
  }

  @Test func bytesThatAreNoTextAreNone() {
    #expect(BootIdentity.parse([UInt8](repeating: 0xff, count: 36)) == nil)
    // A digit that is one for Unicode, in Latin-1's place.
    #expect(BootIdentity.parse(Array("01234567-89ab-cdef-fedc-ba987654321".utf8) + [0xb2]) == nil)
  }

  @Test func thisBootHasOne() throws {
    #expect(try BootIdentity.current() == BootIdentity.current())
  }
}

@Suite(.timeLimit(.minutes(1))) struct ProcessIdentityTests {
  @Test func aProcessFindsItselfRunning() throws {
    let own = try ProcessIdentity.current()
    #expect(own.pid == getpid())
    #expect(try own.look() == .running(startTime: own.startTime))
    #expect(ProcessIdentity.look(own.pid) == .running(startTime: own.startTime))
  }

  @Test func aLiveChildIsRunningAndADeadOneGone() throws {
    let own = try ProcessIdentity.current()
    let child = try ProcessRun(["sleep", "600"])
    guard case .running(let start) = ProcessIdentity.look(child.pid) else {
      Issue.record("not running")
      return
    }
    #expect(start >= own.startTime)
    kill(child.pid, SIGKILL)
    child.becomeZombie()
    #expect(ProcessIdentity.look(child.pid) == .gone)
    child.wait()
    #expect(ProcessIdentity.look(child.pid) == .gone)
  }

  @Test func aStoppedProcessIsRunning() throws {
    let child = try ProcessRun(["sleep", "600"])
    kill(child.pid, SIGSTOP)
    guard case .running = ProcessIdentity.look(child.pid) else {
      Issue.record("not running")
      return
    }
  }

  @Test func aChildMayCallItselfWhatItLikes() throws {
    let scratch = try InotifyScratch()
    let own = try ProcessIdentity.current()
    let program = scratch.path(of: "x) Z 1 (\n) 9")
    #expect(try ProcessRun.run("cp", "/bin/sleep", program).code == 0)
    let child = try ProcessRun([program, "600"])
    guard case .running(let start) = ProcessIdentity.look(child.pid) else {
      Issue.record("not running")
      return
    }
    #expect(start >= own.startTime)
  }

  @Test func aLaterProcessWithTheSameNumberIsNotTheSame() throws {
    let own = try ProcessIdentity.current()
    let earlier = ProcessIdentity(
      pid: own.pid,
      startTime: own.startTime - 1,
      pidNamespace: own.pidNamespace,
      boot: own.boot
    )
    #expect(try earlier.look() == .gone)
  }

  @Test func whoeverRanUnderAnotherBootIsGone() throws {
    let own = try ProcessIdentity.current()
    let boot = try #require(BootIdentity([UInt8](repeating: 7, count: 16)))
    let before = ProcessIdentity(pid: own.pid, startTime: own.startTime, pidNamespace: 1, boot: boot)
    #expect(try before.look() == .gone)
  }

  @Test(arguments: [Int32(0), -1, .min, .max])
  func numbersOfNoProcessAreGone(_ pid: Int32) {
    #expect(ProcessIdentity.look(pid) == .gone)
  }

  @Test func aProcessOfAnotherPidNamespaceIsNotVisible() throws {
    let result = try ProcessRun.run(
      "unshare",
      "--pid",
      "--fork",
      "--mount-proc",
      try ProcessRun.peer,
      "process-identity"
    )
    let words = result.output.split(whereSeparator: \.isWhitespace)
    guard result.code == 0, words.count == 4 else {
      print("skipped: a pid namespace is not permitted here: \(result.output)")
      return
    }
    let own = try ProcessIdentity.current()
    let other = ProcessIdentity(
      pid: try #require(Int32(words[0])),
      startTime: try #require(UInt64(words[1])),
      pidNamespace: try #require(UInt64(words[2])),
      boot: try #require(BootIdentity(words[3].split(separator: ",").compactMap { UInt8($0) }))
    )
    #expect(other.pid == 1)
    #expect(other.pidNamespace != own.pidNamespace)
    #expect(other.boot == own.boot)
    #expect(try other.look() == .notVisible)
  }

  @Test func underTheProcOfAnotherNamespaceOurNumbersAreNotLookedUpThere() throws {
    // In there the peer is process 1, while /proc/1 is still the machine's.
    let peer = try ProcessRun.peer
    let own = try ProcessRun.run("unshare", "--pid", "--fork", peer, "process-look", "1")
    guard own.code == 0 else {
      print("skipped: a pid namespace is not permitted here: \(own.output)")
      return
    }
    #expect(own.output == "notVisible\n")
    #expect(try ProcessRun.run("unshare", "--pid", "--fork", peer, "process-look", "77").output == "gone\n")
  }
}
