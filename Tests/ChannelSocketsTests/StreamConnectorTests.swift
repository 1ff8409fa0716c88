import ChannelSockets
import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("A connector", .timeLimit(.minutes(2))) struct StreamConnectorTests {
  /// Has somebody go to an endpoint at which another listens, and hear all that it says.
  private func converse(at place: Endpoint, by way: (UInt16) -> Endpoint) async throws {
    try await withLoop { loop in
      let host = Host(on: loop, .echoes)
      let port = try await host.listen(at: place)
      let caller = Host(on: loop)
      await caller.connect(to: way(port))
      try await caller.until { $0.guests.count == 1 }
      let bytes = pattern(3_000_000)
      await caller.with { stream in
        #expect(stream.write(bytes) == .taken)
        stream.finishWriting()
      }
      try await caller.until { $0.others.last == .closed(.finished) }
      #expect(await caller.received == bytes)
      try await host.until { $0.others.last == .closed(.finished) }
      #expect(await caller.failures.isEmpty)
    }
  }

  @Test func reachesAPath() async throws {
    try await withScratchDirectory { path in
      try await converse(at: .path(path + "/socket")) { _ in .path(path + "/socket") }
    }
  }

  @Test func reachesANameOfTheKernelsOwn() async throws {
    let name = abstractName()
    try await converse(at: .abstract(name)) { _ in .abstract(name) }
  }

  @Test(arguments: ["127.0.0.1", "localhost", "LOCALHOST"])
  func reachesAPortOfIPv4(_ host: String) async throws {
    try await converse(at: .tcp(host: host, port: 0)) { .tcp(host: host, port: $0) }
  }

  @Test func reachesAPortOfIPv6() async throws {
    guard hasLoopbackOfSix() else { return }
    try await converse(at: .tcp(host: "::1", port: 0)) { .tcp(host: "::1", port: $0) }
    // The first address of the name refuses.
    try await converse(at: .tcp(host: "::1", port: 0)) { .tcp(host: "localhost", port: $0) }
  }

  @Test func triesTheNextAddressBesideOneThatDoesNotAnswer() async throws {
    guard hasLoopbackOfSix() else { return }
    let full = try FullListener()
    guard case .tcp(_, let port) = full.endpoint else { return }
    try await withLoop { loop in
      let host = Host(on: loop, .echoes)
      try await host.listen(at: .tcp(host: "::1", port: port))
      let caller = Host(on: loop)
      let before = try openDescriptors()
      let begin = ContinuousClock.now
      await caller.connect(to: .tcp(host: "localhost", port: port))
      try await caller.until { $0.guests.count == 1 }
      // Before the first has given up.
      #expect((.milliseconds(250) ... .seconds(10)).contains(begin.duration(to: .now)))
      #expect(await caller.failures.isEmpty)
      // Both ends of one connection, and nothing of the other.
      try await host.until { $0.guests.count == 1 }
      #expect(try isClosed(downTo: before + 2))
    }
    withExtendedLifetime(full) {}
  }

  @Test func looksUpWhatIsNoAddressAsItStands() async throws {
    try await converse(at: .loopback(port: 0)) { .tcp(host: "127.1", port: $0) }
  }

  @Test func takesOverADescriptorThatIsConnected() async throws {
    try await withLoop { loop in
      var ends: [Int32] = [-1, -1]
      unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
      let own = OwnedDescriptor(taking: ends[0])
      let other = ends[1]
      let caller = Host(on: loop, .echoes)
      await caller.connect(to: .descriptor(other, isLent: false))
      try await caller.until { $0.guests.count == 1 }
      var answer: [UInt8] = [0]
      #expect(unsafe write(own.number, [7], 1) == 1)
      #expect(unsafe read(own.number, &answer, 1) == 1)
      #expect(answer == [7])
    }
  }

  @Test func refusesADescriptorThatIsNotConnected() async throws {
    try await withLoop { loop in
      let listener = try ListeningSocket(address: #require(SocketAddress(host: "127.0.0.1", port: 0)))
      let listening = try #require(listener.number)
      let idle = OwnedDescriptor(taking: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
      let wake = try WakeDescriptor()
      let refusals = [(listening, EINVAL), (idle.number, ENOTCONN), (wake.number, ENOTSOCK), (9_999, EBADF)]
      let caller = Host(on: loop)
      for (number, code) in refusals {
        await caller.connect(to: .descriptor(number, isLent: false))
        try await caller.until { $0.failures.last?.subject == "descriptor \(number)" }
        #expect(await caller.failures.last?.code == code)
        // What was refused is still whose it was.
        if code != EBADF { #expect(fcntl(number, F_GETFD) >= 0) }
      }
    }
  }

  @Test func saysWhoRefused() async throws {
    try await withScratchDirectory { path in
      do { _ = try RawSocket(listeningAt: path + "/dead") }
      let (port, name) = (try freePort(), abstractName())
      let long = String(repeating: "x", count: 108)
      let refusals: [(Endpoint, String, Int32)] = [
        (.loopback(port: port), "127.0.0.1:\(port)", ECONNREFUSED),
        (.tcp(host: "localhost", port: port), "127.0.0.1:\(port)", ECONNREFUSED),
        (.tcp(host: "127.1", port: port), "127.1:\(port) (127.0.0.1)", ECONNREFUSED),
        (.abstract(name), "@\(name)", ECONNREFUSED),
        (.path(path + "/dead"), path + "/dead", ECONNREFUSED),
        (.path(path + "/none"), path + "/none", ENOENT),
        (.path(long), long, ENAMETOOLONG),
      ]
      try await withLoop { loop in
        for (endpoint, subject, code) in refusals {
          let caller = Host(on: loop)
          await caller.connect(to: endpoint)
          try await caller.until { !$0.failures.isEmpty }
          #expect(await caller.failures == [SystemError("connect", on: subject, code: code)])
        }
      }
    }
  }

  @Test(arguments: ["does-not-exist.invalid", String(repeating: "x", count: 70), "", "a\0b"])
  func saysWhichNameHasNoAddress(_ name: String) async throws {
    try await withLoop { loop in
      let caller = Host(on: loop)
      await caller.connect(to: .tcp(host: name, port: 80), within: .seconds(10))
      try await caller.until { !$0.failures.isEmpty }
      let error = try #require(await caller.failures.first)
      #expect(error.call == "getaddrinfo")
      #expect(error.subject == name)
      #expect(!error.reason.contains("Unknown"))
    }
  }

  @Test func givesUpWhenItsTimeIsUp() async throws {
    try await withScratchDirectory { path in
      for listener in [try FullListener(), try FullListener(at: path + "/socket")] {
        try await withLoop { loop in
          let caller = Host(on: loop)
          let begin = ContinuousClock.now
          await caller.connect(to: listener.endpoint, within: .milliseconds(300))
          try await caller.until { !$0.failures.isEmpty }
          #expect(begin.duration(to: .now) >= .milliseconds(300))
          #expect(await caller.failures == [SystemError("connect", on: "\(listener.endpoint)", code: ETIMEDOUT)])
        }
        withExtendedLifetime(listener) {}
      }
    }
  }

  @Test func triesAgainWhereTooManyWait() async throws {
    try await withScratchDirectory { path in
      let listener = try FullListener(at: path + "/socket")
      try await withLoop { loop in
        let caller = Host(on: loop)
        await caller.connect(to: listener.endpoint)
        await caller.pass(.milliseconds(50))
        #expect(await caller.guests.isEmpty)
        listener.makeRoom()
        try await caller.until { $0.guests.count == 1 }
        #expect(await caller.failures.isEmpty)
      }
    }
  }

  @Test func isSilentOnceItIsCancelled() async throws {
    try await withScratchDirectory { path in
      let full = [try FullListener(), try FullListener(at: path + "/socket")]
      try await withLoop { loop in
        let host = Host(on: loop)
        let port = try await host.listen(at: .loopback(port: 0))
        let caller = Host(on: loop)
        let places =
          full.map(\.endpoint) + [
            .tcp(host: "does-not-exist.invalid", port: 80), .tcp(host: "127.1", port: port), .loopback(port: port),
          ]
        for place in places {
          // Before it has begun, and when it is about it.
          await caller.connectAndCancel(place)
          let box = await caller.connect(to: place, within: .milliseconds(400))
          await caller.cancel(box)
        }
        await caller.pass(.milliseconds(500))
        #expect(await caller.failures.isEmpty)
        // One of them may have arrived before it was called back.
        #expect(await caller.guests.count <= 2)
      }
      withExtendedLifetime(full) {}
    }
  }

  @Test func isSilentOnceAnotherThreadLetsGoOfIt() async throws {
    let full = try FullListener()
    let before = try openDescriptors()
    try await withLoop { loop in
      let caller = Host(on: loop)
      for place in [full.endpoint, .tcp(host: "does-not-exist.invalid", port: 80)] {
        let box = await caller.connect(to: place, within: .milliseconds(200))
        try await ThreadExecutor.run { box.letGo() }
      }
      await caller.pass(.milliseconds(300))
      #expect(await caller.failures.isEmpty)
      #expect(await caller.guests.isEmpty)
    }
    try await eventually { try isClosed(downTo: before) }
    withExtendedLifetime(full) {}
  }

  @Test func isToldOfTheLoopsEnd() async throws {
    let full = try FullListener()
    let loop = try Loop.start("test loop")
    let caller = Host(on: loop)
    // Who is asked for the name may take half a minute to answer.
    let places = [full.endpoint, .tcp(host: "does-not-exist.invalid", port: 80)]
    for place in places { await caller.connect(to: place) }
    await caller.pass(.milliseconds(20))
    let known = await caller.failures.count
    loop.stop()
    await loop.untilOver()
    let failures = await caller.failures
    #expect(failures.count == places.count)
    #expect(failures.contains(SystemError("connect", on: "\(full.endpoint)", code: ECANCELED)))
    #expect(failures.dropFirst(known).allSatisfy { $0.code == ECANCELED })
    // And so is one that comes too late.
    await caller.connect(to: full.endpoint)
    try await caller.until { $0.failures.count == places.count + 1 }
    #expect(await caller.failures.last?.code == ECANCELED)
    withExtendedLifetime(full) {}
  }

  @Test func bearsAThousandAtOnce() async throws {
    try await withScratchDirectory { path in
      try await withLoop { loop in
        DescriptorLimit.raise()
        let host = Host(on: loop, .echoes)
        try await host.listen(at: .path(path + "/socket"))
        let caller = Host(on: loop)
        for _ in 0..<1_000 { await caller.connect(to: .path(path + "/socket")) }
        try await caller.until { $0.guests.count == 1_000 }
        #expect(await caller.failures.isEmpty)
        for index in 0..<1_000 {
          await caller.with(index) { stream in
            #expect(stream.write(pattern(100, seed: index)) == .taken)
            stream.finishWriting()
          }
        }
        try await caller.until { $0.guests.allSatisfy { $0.end == .finished } }
        for (index, guest) in await caller.guests.enumerated() { #expect(guest.received == pattern(100, seed: index)) }
      }
    }
  }

  @Test func takesNobodyForItself() async throws {
    // As may happen to one who tries a free port of this machine again and again.
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    try unsafe withUnsafeMutablePointer(to: &address) { address in
      try unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        try #require(unsafe bind(number, $0, size) == 0)
        try #require(unsafe getsockname(number, $0, &size) == 0)
        try #require(unsafe connect(number, $0, size) == 0)
      }
    }
    try await withLoop { loop in
      let caller = Host(on: loop)
      await caller.connect(to: .descriptor(number, isLent: false))
      try await caller.until { !$0.failures.isEmpty }
      #expect(await caller.failures == [SystemError("connect", on: "descriptor \(number)", code: ECONNREFUSED)])
    }
  }
}
