import ChannelModel
import LinuxIO
import TestSupport
import Testing

@testable import Transom

/// What the programs at a channel remember together of what they imported.
@Suite struct ImportMemoryTests {
  private static let journal = UniqueID(high: 1, low: 2)

  private static func settle(_ memory: ImportMemory, in folder: Directory) throws -> ImportMemory.State {
    try memory.settle(in: folder, of: journal, isDoubtful: false)
  }

  @Test func oneThatWasRemovedIsTrustedByNobodyBeforeTheJournalWasRead() throws {
    try withScratchDirectory { path in
      let folder = try Directory.open(path)
      let (first, second) = (ImportMemory(), ImportMemory())
      // The first makes the file anew, and goes to read the journal; meanwhile the second comes.
      #expect(try Self.settle(first, in: folder) == .incomplete(from: .none))
      #expect(try Self.settle(second, in: folder) == .incomplete(from: .none))
      try first.complete([7, 8], through: SequenceNumber(5))
      #expect(try Self.settle(first, in: folder) == .ready)
      #expect(try Self.settle(second, in: folder) == .ready)
      #expect(second.contains(7) && second.contains(8))
    }
  }

  @Test func whoReadTheJournalBeforeAnotherImportedTrustsThatOne() throws {
    try withScratchDirectory { path in
      let folder = try Directory.open(path)
      let (first, second) = (ImportMemory(), ImportMemory())
      _ = try Self.settle(first, in: folder)
      _ = try Self.settle(second, in: folder)
      try first.complete([], through: .none)
      try first.begin(at: SequenceNumber(1), windowOf: 1)
      try first.remember([7], through: SequenceNumber(1))
      // It has seen an empty journal.
      try second.complete([], through: .none)
      #expect(try Self.settle(second, in: folder) == .ready)
      #expect(second.contains(7))
    }
  }

  /// An importer was killed between its mark and its records: the next to import begins at the same seq.
  @Test func whoReadBeforeAnotherImportedAtTheSeqOfADeadOneTrustsThatOne() throws {
    try withScratchDirectory { path in
      let folder = try Directory.open(path)
      let (dead, first, second, third) = (ImportMemory(), ImportMemory(), ImportMemory(), ImportMemory())
      _ = try Self.settle(dead, in: folder)
      try dead.complete([], through: SequenceNumber(4))
      try dead.begin(at: SequenceNumber(5), windowOf: 1)
      for memory in [first, second, third] {
        #expect(try Self.settle(memory, in: folder) == .incomplete(from: SequenceNumber(5)))
      }
      try first.complete([], through: SequenceNumber(4))
      try second.complete([], through: SequenceNumber(4))
      try first.begin(at: SequenceNumber(5), windowOf: 1)
      try first.remember([7], through: SequenceNumber(5))
      // The second knew all there was, the third is still reading.
      #expect(try Self.settle(second, in: folder) == .ready)
      #expect(second.contains(7))
      try third.complete([], through: SequenceNumber(4))
      #expect(try Self.settle(third, in: folder) == .ready)
      #expect(third.contains(7))
    }
  }

  @Test func oneOfAChannelWithoutForeignMessagesIsReadOnce() throws {
    try withScratchDirectory { path in
      let folder = try Directory.open(path)
      let first = ImportMemory()
      _ = try Self.settle(first, in: folder)
      try first.complete([], through: SequenceNumber(1_000))
      #expect(try Self.settle(ImportMemory(), in: folder) == .ready)
    }
  }
}
