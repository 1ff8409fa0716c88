import ChannelSockets
import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("An endpoint", .timeLimit(.minutes(2))) struct EndpointTests {
  @Test(
    arguments: [
      (.path("/run/x"), "/run/x"), (.abstract("x/y"), "@x/y"), (.loopback(port: 80), "127.0.0.1:80"),
      (.tcp(host: "::1", port: 80), "[::1]:80"), (.tcp(host: "example.org", port: 7), "example.org:7"),
      (.tcp(host: "fe80::1%eth0", port: 7), "[fe80::1%eth0]:7"), (.descriptor(3, isLent: false), "descriptor 3"),
      (.descriptor(3, isLent: true), "descriptor 3"),
    ] as [(Endpoint, String)]
  )
  func isWrittenAsAPersonWould(_ endpoint: Endpoint, _ text: String) {
    #expect("\(endpoint)" == text)
  }

  @Test(
    arguments: [
      (.path("/run/x"), true), (.abstract("x"), true), (.loopback(port: 1), true),
      (.tcp(host: "127.9.9.9", port: 1), true), (.tcp(host: "::1", port: 1), true),
      (.tcp(host: "::ffff:127.0.0.1", port: 1), true), (.tcp(host: "LocalHost", port: 1), true),
      (.tcp(host: "0.0.0.0", port: 1), false), (.tcp(host: "::", port: 1), false),
      (.tcp(host: "::2", port: 1), false), (.tcp(host: "::ffff:10.0.0.1", port: 1), false),
      (.tcp(host: "128.0.0.1", port: 1), false), (.tcp(host: "localhost.example.org", port: 1), false),
      (.tcp(host: "", port: 1), false), (.descriptor(9_999, isLent: false), false),
      (.descriptor(9_999, isLent: true), false),
    ] as [(Endpoint, Bool)]
  )
  func knowsWhetherOtherMachinesReachIt(_ endpoint: Endpoint, _ isLocal: Bool) {
    #expect(endpoint.isLocal == isLocal)
  }

  @Test func asksTheDescriptorThatIsAdopted() throws {
    try withScratchDirectory { path in
      let unix = try RawSocket(listeningAt: path + "/socket")
      #expect(Endpoint.descriptor(unix.number, isLent: false).isLocal)
      for (host, isLocal) in [("127.0.0.1", true), ("0.0.0.0", false)] {
        let socket = try ListeningSocket(address: #require(SocketAddress(host: host, port: 0)))
        #expect(Endpoint.descriptor(try #require(socket.number), isLent: false).isLocal == isLocal)
      }
    }
  }

  @Test(arguments: ["", "4", "44", "46", "6444", "4466", "64646", "4644666"])
  func givesBothKindsOfAddressesTheirTurn(_ kinds: String) throws {
    let addresses = try kinds.enumerated().map { place, kind in
      try #require(SocketAddress(host: kind == "4" ? "10.0.0.\(place)" : "fd00::\(place)", port: 1))
    }
    let turns = SocketAddress.alternating(addresses)
    #expect(Set(turns) == Set(addresses))
    #expect(turns.count == addresses.count)
    #expect(turns.first == addresses.first)
    for family in [SocketAddress.Family.four, .six] {
      #expect(turns.filter { $0.family == family } == addresses.filter { $0.family == family })
    }
    // Two that are alike come only when there is none of the other kind left.
    for (place, (one, next)) in zip(turns, turns.dropFirst()).enumerated() where one.family == next.family {
      #expect(turns.dropFirst(place).allSatisfy { $0.family == one.family })
    }
  }

  @Test func cannotBeListenedAtByAName() async throws {
    try await withLoop { loop in
      let host = Host(on: loop)
      for name in ["*", "example.org", "", "127.1", "[::1]", "999.0.0.1", "a\0b"] {
        await #expect(throws: SystemError("bind", on: "\(Endpoint.tcp(host: name, port: 0))", code: EADDRNOTAVAIL)) {
          try await host.listen(at: .tcp(host: name, port: 0))
        }
      }
      // An address of a machine that is not this one.
      await #expect(throws: SystemError("bind", on: "192.0.2.1:0", code: EADDRNOTAVAIL)) {
        try await host.listen(at: .tcp(host: "192.0.2.1", port: 0))
      }
      await #expect(throws: SystemError("bind", on: "@", code: EINVAL)) { try await host.listen(at: .abstract("")) }
      await #expect(throws: SystemError.self) {
        try await host.listen(at: .abstract(String(repeating: "x", count: 108)))
      }
    }
  }

  @Test func ofIPv6LeavesIPv4ToOthers() async throws {
    guard hasLoopbackOfSix() else { return }
    try await withLoop { loop in
      let six = Host(on: loop)
      let port = try await six.listen(at: .tcp(host: "::", port: 0))
      let four = Host(on: loop)
      try await four.listen(at: .tcp(host: "0.0.0.0", port: port))
      let socket = try RawSocket(port: port)
      try await four.until { $0.guests.count == 1 }
      #expect(await six.guests.isEmpty)
      await #expect(throws: SystemError("bind", on: "[::]:\(port)", code: EADDRINUSE)) {
        try await Host(on: loop).listen(at: .tcp(host: "::", port: port))
      }
      withExtendedLifetime(socket) {}
    }
  }

  @Test func ofTheKernelsOwnIsFreeWhenTheListenerHasGone() async throws {
    try await withLoop { loop in
      let name = abstractName()
      let host = Host(on: loop)
      try await host.listen(at: .abstract(name))
      await #expect(throws: SystemError("bind", on: "@\(name)", code: EADDRINUSE)) {
        try await Host(on: loop).listen(at: .abstract(name))
      }
      await host.closeListener()
      try await Host(on: loop).listen(at: .abstract(name))
    }
  }

  @Test func ofTCPIsTendedAtBothEnds() throws {
    let listener = try ListeningSocket(address: #require(SocketAddress(host: "127.0.0.1", port: 0)))
    let port = try #require(listener.port)
    let (socket, _) = try StreamSocket.begin(to: #require(SocketAddress(host: "127.0.0.1", port: port)))
    socket.tend()
    let other = try #require(try listener.accept())
    for each in [socket, other] {
      let number = try #require(each.number)
      // Keepalive, its idle time, its interval and its probes, no patience of the user's, and no delay.
      let options = [(SOL_SOCKET, SO_KEEPALIVE, 1), (6, 4, 60), (6, 5, 15), (6, 6, 4), (6, 18, 0), (6, 1, 1)]
      for (level, name, wanted) in options {
        var value: Int32 = -1
        var size = socklen_t(MemoryLayout<Int32>.size)
        unsafe getsockopt(number, level, name, &value, &size)
        #expect(value == Int32(wanted), "option \(name)")
      }
    }
  }
}
