// Appending to a journal and reading it.

import ChannelModel
import Glibc
import LinuxIO
import TestSupport
import Testing

@testable import Transom

@Suite(.timeLimit(.minutes(1))) struct JournalTests {
  @Test func whatIsAppendedIsReadInItsOrder() throws {
    try withScratchDirectory { path in
      let scene = try JournalScene(path)
      for number in 1...1_000 { try scene.append("message \(number)") }
      #expect(try scene.read() == (1...1_000).map { "message \($0)" })
      #expect(try scene.folder.log.tailNumber() == SequenceNumber(1_000))
    }
  }
}
