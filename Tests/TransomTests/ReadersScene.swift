import ChannelMessages
import ChannelModel
import LinuxIO
import TestSupport
import Transom

/// A channel with a journal, and the means to write into it and to read what its files say.
struct ReadersScene {
  let path: String
  let folder: DirectionFolder

  init(_ path: String, segmentLimit: Int = 4 << 20, calls: any FileCalls = KernelCalls.shared) throws {
    self.path = "\(path)/channel"
    var options = ChannelFolder.Options()
    options.segmentLimit = segmentLimit
    options.calls = calls
    folder = try ChannelFolder.open(self.path, options: options).direction(.backendToFrontend)
  }

  static var soon: Moment { Moment(nanoseconds: KernelClock.sinceBoot()).advanced(by: .seconds(20)) }

  static func message(_ number: Int, method: String = "m", padding: Int = 0) -> JournalDraft {
    let id = String(repeating: "0", count: 36)
    let rest = padding == 0 ? "" : ",\"padding\":\"\(String(repeating: "x", count: padding))\""
    return .own(
      Array(
        "{\"id\":\"\(id)\",\"timestamp\":1,\"type\":\"event\",\"method\":\"\(method)\",\"payload\":\(number)\(rest)}"
          .utf8
      )
    )
  }

  /// Appends messages with these numbers, in one batch or one by one.
  func send(_ numbers: ClosedRange<Int>, method: String = "m", padding: Int = 0, inOneBatch: Bool = true) throws {
    let drafts = numbers.map { Self.message($0, method: method, padding: padding) }
    if inOneBatch {
      _ = try folder.log.append(drafts, until: Self.soon)
    } else {
      for draft in drafts { _ = try folder.log.append([draft], until: Self.soon) }
    }
  }

  func append(_ draft: JournalDraft) throws {
    _ = try folder.log.append([draft], until: Self.soon)
  }

  var registry: ReaderRegistry { ReaderRegistry(folder) }

  func reader(
    _ name: String = "worker",
    start: ReaderRegistry.Start = .start,
    saving: ReaderProgress.Saving = .coalesced
  ) throws -> DurableReader {
    try DurableReader.open(try ReaderName(name), in: folder, start: start, saving: saving)
  }

  func member(_ name: String = "group", _ options: GroupMember.Options = .init()) throws -> GroupMember {
    try GroupMember.join(try ReaderName(name), in: folder, options: options)
  }

  func readerPath(_ name: String) -> String { folder.readers.path(of: name) }
}

extension Delivered {
  /// The number that the scene gave it.
  var text: String { String(decoding: message.payload.bytes, as: UTF8.self) }
  var value: Int { Int(text) ?? -1 }
}

extension DurableReader {
  /// Everything that is there now.
  func all() throws -> [Delivered] {
    var all: [Delivered] = []
    while let next = try tryNext() { all.append(next) }
    return all
  }
}

extension GroupMember {
  func all() throws -> [Delivered] {
    var all: [Delivered] = []
    while let next = try tryNext() { all.append(next) }
    return all
  }
}
