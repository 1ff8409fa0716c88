// Files that are published, displaced and written anew.

import Glibc
import LinuxIO
import Synchronization
import TestSupport
import Testing

@Suite("A displaced file that is written anew", .timeLimit(.minutes(1)))
struct SpareFileTests {
  /// Publishes texts one after the other, as a projector does, and holds what it published last.
  final class Publisher {
    let bench: Bench
    private(set) var current: StagedFile?

    init(_ path: String, calls: any FileCalls = KernelCalls.shared) throws {
      bench = try Bench(path, calls: calls)
    }

    @discardableResult
    func publish(_ text: String) throws -> Publication {
      let staged = try bench.stage(text, isHeldOpen: true)
      let publication = try bench.window.publish(
        staged,
        expecting: try bench.directory.facts(of: "window.json")?.stamp,
        displacing: current
      )
      current = staged
      return publication
    }

    var inode: UInt64 { current?.stamp.inode ?? 0 }
    var text: String? { RawFiles.read(bench.windowPath) }
  }

  /// Returns when somebody wants to open a file that this process has leased: the kernel asks for the lease back.
  private static func awaitOpener(of path: String) {
    let (getLease, writeLease) = (Int32(1_025), Int32(F_WRLCK))
    guard let number = try? RawFiles.descriptors(of: path).first else {
      Issue.record("nobody has \(path) open")
      return
    }
    let end = KernelClock.sinceBoot() + 20_000_000_000
    while fcntl(number, getLease) == writeLease {
      guard KernelClock.sinceBoot() < end else {
        Issue.record("nobody came to open \(path)")
        return
      }
      KernelClock.pause(.microseconds(20))
    }
  }

  @Test func `goes back and forth between two files, whatever their lengths`() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let publisher = try Publisher(path, calls: calls)
      var inodes: [UInt64] = []
      for text in ["one", "number two", "3", "", "five", "a sixth that is longer than all before"] {
        try publisher.publish(text)
        #expect(publisher.text == text)
        inodes.append(publisher.inode)
      }
      #expect(Set(inodes).count == 2 && inodes[0] == inodes[2] && inodes[1] == inodes[3])
      #expect(calls.count(of: .create) == 2 && calls.count(of: .unlink) == 0)
      #expect(try publisher.bench.stagedNames().count == 1)
    }
  }

  @Test func `is removed when whoever kept it lets go`() throws {
    try withScratchDirectory { path in
      func work() throws {
        let publisher = try Publisher(path)
        for number in 0..<3 { try publisher.publish("\(number)") }
        #expect(try publisher.bench.stagedNames().count == 1)
      }
      try work()
      #expect(try Directory.open(path + "/staging").names() == [])
      #expect(try RawFiles.openFiles(below: path) == [])
    }
  }

  @Test func `is left to whoever had opened it while it was published`() throws {
    try withScratchDirectory { path in
      let publisher = try Publisher(path)
      try publisher.publish("first")
      let reader = try publisher.bench.directory.openRegularFile("window.json")
      for number in 0..<4 {
        try publisher.publish("later \(number)")
        #expect(String(decoding: try reader.read(99, at: 0), as: UTF8.self) == "first")
      }
      // It went when it was not to be had.
      #expect(try reader.facts().links == 0)
      #expect(try publisher.bench.stagedNames().count == 1)
    }
  }

  @Test func `is known by its time to whoever looks for what dead programs left`() throws {
    try withScratchDirectory { path in
      let publisher = try Publisher(path)
      for number in 0..<3 { try publisher.publish("\(number)") }
      let staging = publisher.bench.staging
      let names = try publisher.bench.stagedNames()
      #expect(names.count == 1)
      for name in names { #expect(try staging.isSpare(name)) }
      let staged = try publisher.bench.stage("next", isHeldOpen: true)
      for name in names { #expect(try !staging.isSpare(name)) }
      staged.remove()
    }
  }

  @Test(arguments: ["removed", "named twice"])
  func `is another one when somebody has been at it`(_ way: String) throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let publisher = try Publisher(path, calls: calls)
      for number in 0..<3 { try publisher.publish("\(number)") }
      #expect(calls.count(of: .create) == 2)
      let name = try #require(try publisher.bench.stagedNames().first)
      if way == "removed" {
        RawFiles.remove(path + "/staging/" + name)
      } else {
        RawFiles.link(path + "/staging/" + name, to: path + "/second")
      }
      try publisher.publish("next")
      #expect(publisher.text == "next")
      try publisher.publish("and next")
      #expect(publisher.text == "and next")
      #expect(calls.count(of: .create) == 3)
      // What its other name holds is left as it is.
      if way == "named twice" { #expect(RawFiles.read(path + "/second") == "1") }
    }
  }

  @Test func `is not had where there are no leases, and is asked for once`() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      calls.plan(.every(.lease), .fail(EINVAL))
      let publisher = try Publisher(path, calls: calls)
      for number in 0..<6 {
        try publisher.publish("\(number)")
        #expect(publisher.text == "\(number)")
      }
      #expect(calls.count(of: .lease) == 1)
      #expect(try publisher.bench.stagedNames() == [])
    }
  }

  @Test func `is not kept where that was not asked for`() throws {
    try withScratchDirectory { path in
      let bench = try Bench(path)
      let window = AtomicFile("other.json", in: bench.directory, staging: bench.staging)
      var current: StagedFile?
      for number in 0..<4 {
        let staged = try window.stage([Array("\(number)".utf8)[...]], modified: .now(), isHeldOpen: true)
        let expected = try bench.directory.facts(of: "other.json")?.stamp
        _ = try window.publish(staged, expecting: expected, displacing: current)
        current = staged
      }
      #expect(RawFiles.read(path + "/other.json") == "3")
      #expect(try bench.stagedNames() == [])
    }
  }

  /// Somebody opened the window for writing, and went on with that after it was displaced.
  @Test func `is left for whoever imports when somebody has written into it`() throws {
    try withScratchDirectory { path in
      let publisher = try Publisher(path)
      for number in 0..<3 { try publisher.publish("\(number)") }
      let writer = try publisher.bench.directory.openRegularFile("window.json", for: .readingAndWriting)
      try publisher.publish("3")
      #expect(!publisher.bench.window.leftSomething())
      let name = try #require(try publisher.bench.stagedNames().first)
      try writer.write(Array("theirs".utf8).span, at: 0)
      try writer.close()
      try publisher.publish("4")
      #expect(publisher.text == "4")
      #expect(publisher.bench.window.leftSomething() && !publisher.bench.window.leftSomething())
      #expect(RawFiles.read(path + "/staging/" + name) == "theirs")
      #expect(try !publisher.bench.staging.isSpare(name))
    }
  }

  /// Whoever is killed on the way leaves what was there, what was to be there, or what nobody takes for either.
  @Test func `is never half one and half the other to whoever finds it`() throws {
    var isOver = false
    var number = 0
    while !isOver {
      number += 1
      try withScratchDirectory { path in
        let calls = FaultyCalls()
        let publisher = try Publisher(path, calls: calls)
        for text in ["[old old old]", "[before]", "[between]"] { try publisher.publish(text) }
        let name = try #require(try publisher.bench.stagedNames().first)
        let old = try #require(RawFiles.read(path + "/staging/" + name))
        calls.reset()
        calls.plan(.every(.gather), .short(3))
        let found = Mutex<String?>(nil)
        calls.plan(.overall(number), .first { found.withLock { $0 = RawFiles.read(path + "/staging/" + name) } })
        try publisher.publish("[new]")
        isOver = calls.log.count < number
        let text = found.withLock { $0 }
        // Once it is published the name is that of the one before. While the lease is held it cannot be read.
        let sound = [old, "[new]", "[between]", nil]
        #expect(sound.contains(text) || text?.utf8.first == 0, "call \(number): \(text ?? "")")
      }
    }
    #expect(number > 10)
  }

  /// Whoever opens it while it is written makes the kernel send a signal; by default that one would end the program.
  @Test func `ends no program whose files others open all the time`() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let calls = FaultyCalls()
        let publisher = try Publisher(path, calls: calls)
        for number in 0..<3 { try publisher.publish("\(number)") }
        for number in 3..<12 {
          let name = try #require(try publisher.bench.stagedNames().first)
          let place = path + "/staging/" + name
          let isTime = Atomic(false)
          let seen = Mutex<String?>(nil)
          let opener = NativeThread {
            while !isTime.load(ordering: .acquiring) { KernelClock.pause(.microseconds(10)) }
            // As most programs open a file: it waits.
            let file = unsafe open(place, O_RDONLY | O_CLOEXEC)
            var bytes = [UInt8](repeating: 0, count: 99)
            let count = unsafe Glibc.read(file, &bytes, 99)
            close(file)
            seen.withLock { $0 = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) }
          }
          calls.reset()
          calls.plan(
            .nth(1, .gather),
            .first {
              isTime.store(true, ordering: .releasing)
              Self.awaitOpener(of: place)
            }
          )
          try publisher.publish("\(number)")
          opener.join()
          #expect(["\(number)", "\(number - 1)"].contains(seen.withLock { $0 }))
        }
      }
    }
  }

  @Test func `is not kept when it is large`() throws {
    try withScratchDirectory { path in
      let publisher = try Publisher(path)
      let large = String(repeating: "x", count: (256 << 10) + 1)
      for _ in 0..<3 { try publisher.publish(large) }
      #expect(try publisher.bench.stagedNames() == [])
    }
  }

  /// Every call from the second publication on fails once: what is published is the old or the new, and goes on.
  @Test(arguments: [EIO, ENOSPC, EINTR, EAGAIN])
  func `leaves the window old or new when a call fails`(_ code: Int32) throws {
    var isOver = false
    var number = 0
    while !isOver {
      number += 1
      try withScratchDirectory { path in
        let calls = FaultyCalls()
        let publisher = try Publisher(path, calls: calls)
        for text in ["one", "number two", "three"] { try publisher.publish(text) }
        calls.reset()
        calls.plan(.overall(number), .fail(code))
        let publication = try? publisher.publish("four")
        isOver = calls.log.count < number
        calls.reset()
        let place: Comment = "call \(number)"
        #expect(publisher.text == (publication == nil ? "three" : "four"), place)
        publication?.displacedFile?.remove()
        try publisher.publish("five")
        #expect(publisher.text == "five", place)
        #expect(try publisher.bench.stagedNames().count <= 1, place)
      }
    }
    #expect(number > 8)
  }

  @Test func `keeps who comes to open it waiting until it is whole`() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let publisher = try Publisher(path, calls: calls)
      for text in ["one", "two", "three"] { try publisher.publish(text) }
      let name = try #require(try publisher.bench.stagedNames().first)
      let directory = try Directory.open(path + "/staging")
      let seen = Mutex<String?>(nil)
      let isTime = Atomic(false)
      let opener = NativeThread {
        while !isTime.load(ordering: .acquiring) { KernelClock.pause(.microseconds(10)) }
        let text = try? directory.openRegularFile(name).readAll(limit: 99)
        seen.withLock { $0 = text.map { String(decoding: $0, as: UTF8.self) } }
      }
      calls.reset()
      calls.plan(
        .nth(1, .gather),
        .first {
          isTime.store(true, ordering: .releasing)
          Self.awaitOpener(of: path + "/staging/" + name)
        }
      )
      try publisher.publish("four")
      opener.join()
      // By then what was published before may have the name; never what is half written, or was to be overwritten.
      #expect(["three", "four"].contains(seen.withLock { $0 }))
    }
  }
}
