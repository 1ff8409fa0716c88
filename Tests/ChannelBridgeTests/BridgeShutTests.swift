import ChannelBridge
import ChannelSockets
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// A bridge that is given up before it has begun, as by a reload that comes at once: another may be at its place.
@Suite("A bridge that is shut", .timeLimit(.minutes(1))) struct BridgeShutTests {
  /// Begins a bridge at a socket of this folder, shut before that or not.
  private static func withBridge(
    in folder: String,
    _ manner: Bridge.Manner,
    isShut: Bool,
    _ body: (Bridge, _ place: String) async throws -> Void
  ) async throws {
    try await withLoop { loop in
      let place = folder + "/socket"
      let channel = try Channel(at: folder + "/channel", as: .backend)
      let address = try PeerAddress("unix:\(place)")
      let bridge = Bridge(Route(named: "gone"), between: channel, and: address, manner, on: loop) { _ in }
      if isShut { await bridge.shut() }
      try await bridge.begin()
      do {
        try await body(bridge, place)
      } catch {
        await bridge.end()
        throw error
      }
      await bridge.end()
      await channel.close()
    }
  }

  @Test(arguments: [false, true])
  func listensNowhere(isShut: Bool) async throws {
    try await withScratchDirectory { folder in
      try await Self.withBridge(in: folder, .listening(most: 4), isShut: isShut) { _, place in
        #expect(RawFiles.exists(place) != isShut)
      }
    }
  }

  @Test(arguments: [false, true])
  func goesNowhere(isShut: Bool) async throws {
    try await withScratchDirectory { folder in
      let listener = try RawSocket(listeningAt: folder + "/socket")
      try await Self.withBridge(in: folder, .connecting, isShut: isShut) { bridge, _ in
        if !isShut { try await eventually { await bridge.figures.connections == 1 } }
        // Whoever knocks at a Unix socket stands there at once.
        let hasKnocked = try Readiness.wait(on: [listener.number], for: .zero) != .timedOut
        #expect(hasKnocked != isShut)
      }
      withExtendedLifetime(listener) {}
    }
  }
}
