import ChannelMessages
import ChannelModel
import TestSupport
import Testing

@testable import Transom

/// Windows and journals as a power loss may leave them.
@Suite struct WindowPowerLossTests {
  static func open(_ path: String, boot: UInt64) throws -> ChannelFolder {
    var options = ChannelFolder.Options()
    options.boot = UniqueID(high: boot, low: boot)
    return try ChannelFolder.open(path, options: options)
  }

  static func send(_ count: Int, through folder: ChannelFolder) throws -> [SequenceNumber] {
    try (0..<count).map { number in
      let direction = try folder.direction(.frontendToBackend)
      let draft = try Outgoing.event("e", JSONText(integer: number)).draft(at: folder.ground.options.clock(), path: "")
      guard case .appended(let appended) = try direction.log.tryAppend([draft]) else {
        throw ChannelError(.lockTimeout, at: "", "nobody else appends")
      }
      let last = appended.numbers.upperBound
      try folder.window(.frontendToBackend).projector.show(through: last, until: .now.advanced(by: .seconds(5)))
      return last
    }
  }

  enum Left: CaseIterable { case blank, torn, zeros, missing, old }

  /// Whatever became of the window, who opens next shows what the journal has, and takes no loss for a clear.
  @Test(arguments: Left.allCases)
  func theNextToOpenShowsTheNewest(_ left: Left) throws {
    try withScratchDirectory { path in
      let channel = "\(path)/channel"
      let peer = PeerScene(path: channel, side: .frontend)
      do {
        let before = try Self.open(channel, boot: 1)
        _ = try Self.send(5, through: before)
        let old = try #require(RawFiles.read(peer.window))
        _ = try Self.send(5, through: before)
        let whole = try #require(RawFiles.read(peer.window))
        switch left {
        case .blank: RawFiles.write("", to: peer.window)
        case .torn: RawFiles.write(String(whole.prefix(whole.count / 2)), to: peer.window)
        case .zeros: RawFiles.write(String(repeating: "\0", count: whole.utf8.count), to: peer.window)
        case .missing: RawFiles.remove(peer.window)
        case .old: RawFiles.write(old, to: peer.window)
        }
        if left != .missing { RawFiles.age(peer.window, seconds: 40 * 24 * 3_600) }
        RawFiles.age("\(channel)/.transom/key", seconds: 60)
      }
      let after = try Self.open(channel, boot: 2)
      #expect(try after.window(.frontendToBackend).projector.tend())
      #expect(try peer.shown().map(\.payload) == (Array(0..<5) + Array(0..<5)).map { JSONText(integer: $0) })
    }
  }

  @Test func whatOnlyTheWindowStillHasIsRecovered() throws {
    try withScratchDirectory { path in
      let channel = "\(path)/channel"
      let peer = PeerScene(path: channel, side: .frontend)
      let segment = "\(channel)/.transom/frontend_to_backend/journal/00000000000000000001.seg"
      var known = 0
      do {
        let before = try Self.open(channel, boot: 1)
        _ = try Self.send(3, through: before)
        known = RawFiles.bytes(segment).count
        _ = try Self.send(2, through: before)
      }
      // The journal's last records were not on the disk, nor the newest record of what the window shows.
      RawFiles.overwrite(segment, with: Array(RawFiles.bytes(segment)[..<known]))
      RawFiles.remove("\(channel)/.transom/frontend_to_backend/projected")
      let after = try Self.open(channel, boot: 2)
      _ = try after.window(.frontendToBackend).projector.tend()
      let reader = JournalReader(try after.direction(.frontendToBackend), after: .none)
      var found: [(JournalRecord.Kind, JSONText)] = []
      while let stretch = try reader.next() {
        for record in stretch.records where record.kind.carriesMessage {
          found.append((record.kind, try Message(Array(stretch.bytes[record.content])).payload))
        }
      }
      #expect(found.map(\.0) == [.message, .message, .message, .recovered, .recovered])
      #expect(found.map(\.1) == [0, 1, 2, 0, 1])
      // What is sent next does not get a seq that was given before.
      let next = try Self.send(1, through: after)
      #expect(next[0] > SequenceNumber(5))
      #expect(try peer.shown().count == 6)
    }
  }
}
