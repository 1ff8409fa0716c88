// A journal to try things on.

import ChannelModel
import LinuxIO
import TestSupport
import Transom

/// A channel's direction in a scratch directory, with plain words for what tests do to it.
struct JournalScene {
  let path: String
  let channel: ChannelFolder
  let folder: DirectionFolder
  let reader: JournalReader

  init(_ scratch: String, _ change: (inout ChannelFolder.Options) -> Void = { _ in }) throws {
    path = scratch + "/channel"
    var options = ChannelFolder.Options()
    change(&options)
    channel = try ChannelFolder.open(path, options: options)
    folder = try channel.direction(.backendToFrontend)
    reader = JournalReader(folder, after: .none)
  }

  /// A message of ours with a payload, as it is before it has an id.
  static func draft(_ payload: String) -> JournalDraft {
    .own(Array(#"{"id":"000000000000000000000000000000000000","timestamp":1,"payload":"\#(payload)"}"#.utf8))
  }

  static var deadline: Moment {
    Moment(nanoseconds: KernelClock.sinceBoot()).advanced(by: .seconds(20))
  }

  @discardableResult
  func append(_ payloads: String...) throws -> Journal.Appended {
    try folder.log.append(payloads.map(Self.draft), until: Self.deadline)
  }

  /// The payloads that the reader gets now, and the gaps between them.
  func read(_ gaps: inout [GapNotice]) throws -> [String] {
    var payloads: [String] = []
    while let stretch = try reader.next() {
      if let gap = stretch.gap { gaps.append(gap) }
      for record in stretch.records {
        if let gap = record.gap(in: stretch.bytes) { gaps.append(gap) }
        guard record.kind.carriesMessage else { continue }
        payloads.append(Self.payload(of: Array(stretch.bytes[record.content])))
      }
    }
    return payloads
  }

  func read() throws -> [String] {
    var gaps: [GapNotice] = []
    return try read(&gaps)
  }

  static func payload(of message: [UInt8]) -> String {
    let text = String(decoding: message, as: UTF8.self)
    guard let start = text.firstRange(of: #""payload":""#) else { return text }
    return String(text[start.upperBound...].dropLast(2))
  }
}

extension JournalScene {
  /// The journal's identifier.
  func identifier() throws -> UniqueID {
    try folder.log.withLock(until: Self.deadline) { $0.journal }
  }

  func segmentPath(_ first: SequenceNumber) -> String {
    folder.journal.path(of: ChannelLayout.segment(beginningAt: first))
  }

  /// The newest segment's path.
  func newestPath() throws -> String {
    segmentPath(try folder.log.segments().last ?? .none)
  }
}
