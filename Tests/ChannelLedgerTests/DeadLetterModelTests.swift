// Random lives of dead letters beside a model that is an array.

import ChannelModel
import LinuxIO
import TestSupport
import Testing
import Transom

@testable import ChannelLedger

@Suite(.timeLimit(.minutes(2))) struct DeadLetterModelTests {
  private struct Letter: Equatable {
    let id: String
    let channel: String
    let bytes: [UInt8]
    var attempts: UInt64
    var last: String

    func isOf(_ other: Letter) -> Bool { id == other.id && channel == other.channel }
  }

  private struct Model {
    var letters: [Letter] = []
    var random: SeededGenerator

    var byteCount: Int { letters.reduce(0) { $0 + $1.bytes.count } }

    mutating func add(_ letter: Letter) {
      if let place = letters.firstIndex(where: letter.isOf) {
        letters[place].attempts += 1
        letters[place].last = letter.last
        return
      }
      letters.append(letter)
      while letters.count > 1, letters.count > 25 || byteCount > 5_000 { letters.removeFirst() }
    }

    /// One thing that happens to the model and to what is tested.
    mutating func step(_ number: Int, _ scene: LedgerScene) throws {
      let id = "\(Int.random(in: 0..<40, using: &random))"
      let channel = "/\(Int.random(in: 0..<2, using: &random))"
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<13:
        let bytes = [UInt8](repeating: UInt8(number & 0xFF), count: Int.random(in: 0...600, using: &random))
        add(Letter(id: id, channel: channel, bytes: bytes, attempts: 1, last: "\(number)"))
        try scene.letters.add(.sample(id, in: channel, bytes: bytes, error: "\(number)", at: scene.now))
      case 13..<16: try sendAgain(scene)
      case 16:
        let count = try scene.letters.drop(LetterSelection(channel: channel))
        #expect(count == letters.count { $0.channel == channel })
        letters.removeAll { $0.channel == channel }
      default: try scene.reopen()
      }
    }

    private mutating func sendAgain(_ scene: LedgerScene) throws {
      guard let place = letters.indices.randomElement(using: &random) else { return }
      let number = try scene.letters.list()[letters.count - 1 - place].number
      guard case .letter(_, letters[place].bytes) = try scene.letters.take(number) else {
        Issue.record("\(letters[place]) is there")
        return
      }
      let isSent = Bool.random(using: &random)
      try scene.letters.finish(number, wasSent: isSent)
      if isSent { letters.remove(at: place) }
    }
  }

  @Test(arguments: 0..<UInt64(20)) func answersAsTheModelDoes(_ seed: UInt64) throws {
    try withScratchDirectory { scratch in
      let scene = LedgerScene(scratch)
      scene.options.letterLimit = 25
      scene.options.letterByteLimit = 5_000
      var model = Model(random: SeededGenerator(seed: seed))
      for number in 0..<300 {
        try model.step(number, scene)
        let letters = try scene.letters
        let found = try letters.list(limit: 1_000).reversed().map { letter in
          let bytes = try letters.bytes(of: letter.number) ?? []
          return Letter(
            id: letter.id,
            channel: letter.channel,
            bytes: bytes,
            attempts: letter.attempts,
            last: letter.last.error
          )
        }
        #expect(found == model.letters, "seed \(seed), step \(number)")
        #expect(letters.count == model.letters.count && letters.byteCount == model.byteCount)
      }
    }
  }
}
