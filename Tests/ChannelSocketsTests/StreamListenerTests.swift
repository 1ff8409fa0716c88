import ChannelSockets
import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("A listener", .timeLimit(.minutes(2))) struct StreamListenerTests {
  @Test func knowsWhoConnectedToAUnixSocket() async throws {
    try await withScratchDirectory { path in
      try await withLoop { loop in
        let host = Host(on: loop)
        try await host.listen(at: .path(path + "/socket"))
        let socket = try RawSocket(path: path + "/socket")
        try await host.until { $0.guests.count == 1 }
        let own = PeerCredentials(process: getpid(), user: getuid(), group: getgid())
        #expect(await host.guests[0].peer == own)
        #expect(await host.with { $0.peer } == own)
        withExtendedLifetime(socket) {}
      }
    }
    try await withLoop { loop in
      let host = Host(on: loop)
      let socket = try RawSocket(port: await host.listen(at: .loopback(port: 0)))
      try await host.until { $0.guests.count == 1 }
      #expect(await host.guests[0].peer == nil)
      withExtendedLifetime(socket) {}
    }
  }

  @Test func bearsManyWhoComeAtOnce() async throws {
    try await withLoop { loop in
      DescriptorLimit.raise()
      let host = Host(on: loop, .echoes)
      let port = try await host.listen(at: .loopback(port: 0))
      try await ThreadExecutor.run {
        let sockets = try (0..<1_000).map { _ in try RawSocket(port: port) }
        for (index, socket) in sockets.enumerated() { try socket.send(pattern(100, seed: index)) }
        for (index, socket) in sockets.enumerated() {
          #expect(try socket.receive(exactly: 100) == pattern(100, seed: index))
        }
      }
      try await host.until { $0.openCount == 0 }
      #expect(await host.guests.count == 1_000)
    }
  }

  @Test func closesOutThoseOverItsLimitAndCountsThem() async throws {
    try await withLoop { loop in
      let host = Host(on: loop)
      let port = try await host.listen(at: .loopback(port: 0), limits: ListenerLimits(connections: 3))
      var inside = try (0..<3).map { _ in try RawSocket(port: port) }
      for _ in 0..<5 { #expect(try RawSocket(port: port).receiveAll().isEmpty) }
      #expect(await host.refusedCount == 5)
      #expect(await host.refusals == 5)
      #expect(await host.openCount == 3)
      // Where one goes there is room for another.
      await host.with { $0.finishWriting() }
      inside.removeFirst()
      try await host.until { $0.openCount == 2 }
      inside.append(try RawSocket(port: port))
      try await host.until { $0.guests.count == 4 }
      #expect(await host.refusedCount == 5)
      withExtendedLifetime(inside) {}
    }
  }

  @Test func restsWhileThereAreNoDescriptors() async {
    await #expect(processExitsWith: .success) {
      try await withLoop { loop in
        let host = Host(on: loop, .echoes)
        let port = try await host.listen(at: .loopback(port: 0))
        let early = try RawSocket(port: port)
        try await host.until { $0.guests.count == 1 }
        let before = try limitDescriptors(toMore: 1)
        // This end takes the last one.
        let late = try RawSocket(port: port)
        try await host.until { $0.pauses.count == 1 }
        #expect(await host.pauses == [SystemError("accept4", code: EMFILE)])
        // Others are served meanwhile, and the loop does not turn round and round.
        let used = clock()
        let end = KernelClock.sinceBoot() + 400_000_000
        try await eventually {
          try early.send([1])
          _ = try early.receive()
          return KernelClock.sinceBoot() > end
        }
        #expect(clock() - used < CLOCKS_PER_SEC / 5)
        #expect(await host.guests.count == 1)
        var again = before
        unsafe setrlimit(__rlimit_resource_t(7), &again)
        try await host.until { $0.guests.count == 2 }
        #expect(await host.pauses.count == 1)
        try late.send([2])
        #expect(try late.receive() == [2])
      }
    }
  }

  @Test func takesOverADescriptorThatListens() async throws {
    try await withScratchDirectory { path in
      let given = try RawSocket(listeningAt: path + "/given")
      try await withLoop { loop in
        let host = Host(on: loop, .echoes)
        try await host.listen(at: .descriptor(dup(given.number), isLent: false))
        let socket = try RawSocket(path: path + "/given")
        try socket.send("x")
        #expect(try socket.receive() == Array("x".utf8))
        #expect(await host.guests[0].peer?.process == getpid())
      }
      // The name is not ours.
      #expect(unsafe access(path + "/given", F_OK) == 0)
      try await withLoop { loop in
        let host = Host(on: loop)
        let connected = try RawSocket(path: path + "/given")
        await #expect(throws: SystemError.self) {
          try await host.listen(at: .descriptor(connected.number, isLent: false))
        }
        await #expect(throws: SystemError.self) { try await host.listen(at: .descriptor(9_999, isLent: false)) }
        // What was refused is still whose it was.
        #expect(fcntl(connected.number, F_GETFD) >= 0)
      }
    }
  }

  @Test func leavesADescriptorToWhomItIsWhoHasLentIt() async throws {
    try await withScratchDirectory { path in
      let given = try RawSocket(listeningAt: path + "/given")
      try await withLoop { loop in
        for _ in 0..<2 {
          let host = Host(on: loop, .echoes)
          try await host.listen(at: .descriptor(given.number, isLent: true))
          let socket = try RawSocket(path: path + "/given")
          try socket.send("x")
          #expect(try socket.receive() == Array("x".utf8))
          await host.closeListener()
        }
      }
      #expect(fcntl(given.number, F_GETFD) >= 0)
      #expect(unsafe access(path + "/given", F_OK) == 0)
    }
  }

  @Test func refusesAPortThatSomebodyHas() async throws {
    try await withLoop { loop in
      let host = Host(on: loop)
      let port = try await host.listen(at: .loopback(port: 0))
      let other = Host(on: loop)
      await #expect(throws: SystemError("bind", on: "127.0.0.1:\(port)", code: EADDRINUSE)) {
        try await other.listen(at: .loopback(port: port))
      }
      // It is free at once when the listener has gone, also while connections linger.
      let socket = try RawSocket(port: port)
      try await host.until { $0.guests.count == 1 }
      await host.with { $0.close() }
      await host.letGoOfListener()
      try await other.listen(at: .loopback(port: port))
      #expect(try socket.receiveAll().isEmpty)
    }
  }
}

/// Lets this process open only so many more descriptors, and answers what it was allowed before.
private func limitDescriptors(toMore count: Int32) throws -> rlimit {
  var limit = rlimit()
  unsafe getrlimit(__rlimit_resource_t(7), &limit)
  let before = limit
  // Each open takes the lowest free number.
  let next = dup(0)
  close(next)
  limit.rlim_cur = rlim_t(next + count)
  guard unsafe setrlimit(__rlimit_resource_t(7), &limit) == 0 else { throw SystemError("setrlimit", code: errno) }
  return before
}
