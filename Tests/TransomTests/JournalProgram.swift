// A program that uses a journal while calls fail under it.

import ChannelModel
import LinuxIO
import TestSupport
import Testing
import Transom

/// What a program does with a journal: opens it, appends over roll-overs, flushes, reads as it goes.
final class JournalProgram {
  let path: String
  let calls: FaultyCalls
  var folder: DirectionFolder?
  var reader: JournalReader?
  var acknowledged: [String] = []
  var delivered: [String] = []
  var errors: [ChannelError] = []

  init(_ path: String, _ calls: FaultyCalls) {
    self.path = path
    self.calls = calls
  }

  /// Runs one step; tells what it threw, and whether it is to be tried again then.
  private func attempt(_ body: (JournalProgram) throws -> Void) -> Bool {
    do {
      try body(self)
      return true
    } catch let error as ChannelError {
      errors.append(error)
    } catch {
      Issue.record("\(error) is no error of the library")
    }
    return false
  }

  func open() -> Bool {
    attempt { program in
      var options = ChannelFolder.Options()
      options.calls = program.calls
      options.segmentLimit = 450
      program.folder = try ChannelFolder.open(program.path, options: options).direction(.backendToFrontend)
      program.reader = program.folder.map { JournalReader($0, after: .none) }
    }
  }

  func append(_ payloads: [String], isFlushed: Bool) -> Bool {
    let isThere = attempt { program in
      guard let log = program.folder?.log else { return }
      guard case .appended(let appended) = try log.tryAppend(payloads.map(JournalScene.draft)) else {
        Issue.record("nobody else is here")
        return
      }
      program.acknowledged += payloads
      if isFlushed { try log.flush(appended) }
    }
    return isThere
  }

  func read() {
    // What was read before an error is kept: the reader goes on behind it.
    _ = attempt { program in
      while let stretch = try program.reader?.next() {
        for record in stretch.records where record.kind.carriesMessage {
          program.delivered.append(JournalScene.payload(of: Array(stretch.bytes[record.content])))
        }
      }
    }
  }

  func run() {
    if folder == nil, !open() { _ = open() }
    for round in 0..<6 {
      _ = append(["\(round)a"], isFlushed: round == 1 || round == 4)
      read()
      _ = append(["\(round)b", "\(round)c"], isFlushed: false)
    }
    read()
  }
}
