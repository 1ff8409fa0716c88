// The power is cut at every call; what was flushed is there, and seqs never come again.

import ChannelModel
import Glibc
import LinuxIO
import TestSupport
import Testing

@testable import Transom

@Suite(.timeLimit(.minutes(3))) struct JournalPowerTests {
  /// What is left of a run that the power ended.
  private struct Outcome {
    var appended: [String] = []
    var flushed: [String] = []
    var cursor = SequenceNumber.none
    var isComplete = false
  }

  private func open(_ path: String, _ power: PowerLoss) throws -> DirectionFolder {
    var options = ChannelFolder.Options()
    options.calls = power
    options.segmentLimit = 450
    return try ChannelFolder.open(path, options: options).direction(.backendToFrontend)
  }

  /// Opens, appends over roll-overs, acknowledges some of it durably, and flushes what `flushes` says, until the power
  /// ends it.
  private func run(_ path: String, _ power: PowerLoss, flushes: (Int) -> Bool) -> Outcome {
    var outcome = Outcome()
    do {
      let folder = try open(path, power)
      for number in 0..<8 {
        let appended = try folder.log.append([JournalScene.draft("\(number)")], until: JournalScene.deadline)
        outcome.appended.append("\(number)")
        if flushes(number) {
          try folder.log.flush(appended)
          outcome.flushed = outcome.appended
        }
        if number == 5 {
          // A reader's cursor reaches the disk, whatever the journal does.
          let reader = try ReaderFileOnDisk("worker", in: folder)
          let journal = try folder.log.withLock(until: JournalScene.deadline) { $0.journal }
          try reader.acknowledge(appended.numbers.upperBound, of: journal)
          try reader.flush(folder)
          outcome.cursor = appended.numbers.upperBound
        }
      }
      outcome.isComplete = true
    } catch {
      #expect(error is ChannelError || error is SystemError || error is FileError, "\(error)")
    }
    return outcome
  }

  private func sweep(flushes: (Int) -> Bool, _ check: ([String], Outcome, Int) -> Void) throws -> Int {
    for calls in 0... {
      let isComplete = try withScratchDirectory { scratch in
        let power = try PowerLoss(over: scratch)
        power.fails(after: calls)
        let outcome = run(scratch + "/channel", power, flushes: flushes)
        try power.cut()
        let folder = try open(scratch + "/channel", power)
        let appended = try folder.log.append([JournalScene.draft("after")], until: JournalScene.deadline)
        #expect(appended.numbers.lowerBound > outcome.cursor, "call \(calls)")
        let reader = JournalReader(folder, after: .none)
        var all: [String] = []
        while let stretch = try reader.next() {
          for record in stretch.records where record.kind.carriesMessage {
            all.append(JournalScene.payload(of: Array(stretch.bytes[record.content])))
          }
        }
        #expect(all.last == "after", "call \(calls)")
        check(all.dropLast(), outcome, calls)
        return outcome.isComplete
      }
      if isComplete { return calls }
    }
    return 0
  }

  @Test func whatWasFlushedSurvivesAPowerLossAtAnyPoint() throws {
    let calls = try sweep(flushes: { _ in true }) { all, outcome, call in
      // Perhaps one more: it was appended, and its flush did not return.
      #expect(all.starts(with: outcome.flushed) && all.count <= outcome.appended.count, "call \(call): \(all)")
    }
    print("journal: power cut at each of \(calls) calls, nothing flushed was lost")
    #expect(calls > 150)
  }

  @Test func aFlushNowAndThenKeepsWhatStandsBeforeIt() throws {
    let calls = try sweep(flushes: { $0 == 3 || $0 == 6 }) { all, outcome, call in
      #expect(outcome.flushed.last.map(all.contains) ?? true, "call \(call): \(all)")
      #expect(all == outcome.appended.filter(all.contains), "call \(call): \(all)")
    }
    #expect(calls > 100)
  }

  @Test func withoutFlushesAnOlderStateIsLeft() throws {
    let calls = try sweep(flushes: { _ in false }) { all, outcome, call in
      #expect(all == outcome.appended.filter(all.contains), "call \(call): \(all)")
    }
    #expect(calls > 80)
  }

  @Test func aCopyMadeAfterAFailedFlushSurvivesWhereItsFirstPlaceIsLost() throws {
    try withScratchDirectory { scratch in
      let power = try PowerLoss(over: scratch)
      let faulty = FaultyCalls(over: power)
      var options = ChannelFolder.Options()
      options.calls = faulty
      let log = try ChannelFolder.open(scratch + "/channel", options: options).direction(.backendToFrontend).log
      let first = try log.append([JournalScene.draft("flushed")], until: JournalScene.deadline)
      try log.flush(first)
      _ = try log.append([JournalScene.draft("not waited for")], until: JournalScene.deadline)
      let second = try log.append([JournalScene.draft("copied")], until: JournalScene.deadline)
      faulty.reset()
      faulty.plan(.nth(1, .syncData), .fail(EIO))
      try log.flush(second)
      try power.cut()
      let folder = try open(scratch + "/channel", power)
      let reader = JournalReader(folder, after: .none)
      var all: [String] = []
      var gaps: [GapNotice] = []
      while let stretch = try reader.next() {
        if let gap = stretch.gap { gaps.append(gap) }
        for record in stretch.records where record.kind.carriesMessage {
          all.append(JournalScene.payload(of: Array(stretch.bytes[record.content])))
          if record.flags.contains(.copy) { #expect(record.sequenceNumber == SequenceNumber(3)) }
        }
      }
      #expect(all == ["flushed", "copied"])
      #expect(gaps.contains { $0.first == SequenceNumber(2) }, "\(gaps)")
    }
  }
}
