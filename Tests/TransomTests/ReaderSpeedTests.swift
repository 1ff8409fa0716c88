import ChannelModel
import LinuxIO
import TestSupport
import Testing

@testable import Transom

/// How fast what is there is read, decoded and acknowledged. It judges nothing in a debug build, where it only runs
/// through.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ReaderSpeedTests {
  #if DEBUG
    static let count = 20_000
  #else
    static let count = 400_000
  #endif

  /// Appends so many messages of 300 bytes; whoever is to read them is registered before, or they would not stay.
  private func fill(_ scene: ReadersScene, batch size: Int = 50) throws {
    let id = String(repeating: "0", count: 36)
    let text = String(repeating: "x", count: 300 - 107)
    let bytes = Array(
      "{\"id\":\"\(id)\",\"timestamp\":1767225600123,\"type\":\"event\",\"method\":\"m\",\"payload\":\"\(text)\"}".utf8
    )
    let batch = Array(repeating: JournalDraft.own(bytes), count: size)
    for _ in 0..<Self.count / size { _ = try scene.folder.log.append(batch, until: ReadersScene.soon) }
  }

  private func measure(_ what: String, _ body: () throws -> Int) rethrows -> Double {
    let start = KernelClock.sinceBoot()
    let count = try body()
    let rate = Double(count) / Double(KernelClock.sinceBoot() - start) * 1_000
    print("\(what): \(count) messages at \(Int(rate * 1_000)) thousand a second")
    #expect(count == Self.count)
    return rate
  }

  @Test(arguments: [1, 50, 1_000]) func aDurableReaderKeepsUpWhateverTheBatch(_ size: Int) throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let reader = try scene.reader()
      try fill(scene, batch: size)
      let rate = try measure("durable reader, batches of \(size)") {
        var count = 0
        while let next = try reader.tryNext() {
          try reader.acknowledge(next.ticket)
          count += 1
        }
        return count
      }
      try reader.close()
      #if !DEBUG
        // Half of what is reached on an idle machine.
        #expect(rate > 0.75)
      #else
        _ = rate
      #endif
    }
  }

  @Test func twoMembersShareWithoutLosingMuchOfIt() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let members = [try scene.member(), try scene.member()]
      try fill(scene)
      _ = try measure("two members of a group, in turns") {
        var count = 0
        var isEmpty = false
        while !isEmpty {
          isEmpty = true
          for member in members {
            guard let next = try member.tryNext() else { continue }
            try member.acknowledge(next.ticket)
            count += 1
            isEmpty = false
          }
        }
        return count
      }
    }
  }
}
