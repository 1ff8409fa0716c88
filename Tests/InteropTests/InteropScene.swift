// What tests with the 1.0 peer begin with.

internal import ChannelMessages
internal import Foundation
internal import LinuxIO
internal import Synchronization
internal import TestSupport
internal import Testing
internal import Transom

/// A fresh channel directory with ends of ours and of ipckit's, all of which end with the test.
final class InteropScene {
  /// A folder of the test's own.
  let folder: String
  /// The channel in it.
  let path: String
  private let found = Troubles()
  private var channels: [Channel] = []

  /// How often the long ones are run.
  static let runs = ProcessInfo.processInfo.environment["TRANSOM_RUNS"].flatMap { Int($0) } ?? 3

  private init(_ folder: String) {
    self.folder = folder
    path = "\(folder)/channel"
  }

  /// Runs a test's body where it may block.
  static func run<Result: Sendable>(
    on ground: ScratchDirectory.Ground = .memory,
    _ body: @Sendable (InteropScene) throws -> Result
  ) async throws -> Result {
    try await ThreadExecutor.run {
      try withScratchDirectory(on: ground) { folder in
        let scene = InteropScene(folder)
        defer { for channel in scene.channels { channel.close() } }
        return try body(scene)
      }
    }
  }

  /// An end of ours.
  func ours(_ side: Side, options: ChannelOptions = ChannelOptions()) throws -> Channel {
    let channel = try Channel(at: path, as: side, options: options, onTrouble: found.take)
    channels.append(channel)
    return channel
  }

  /// An end of ipckit's, in a process of its own.
  func theirs(_ side: Side) throws -> IpckitPeer {
    let peer = try IpckitPeer()
    try peer.open(side, at: path)
    return peer
  }

  /// What our ends were told that went wrong.
  var troubles: [ChannelError] { found.list }

  /// Waits until the clock has passed every stamp of these messages.
  ///
  /// Ours are a millisecond apart, so that no 1.0 reader meets two in one: many at once run ahead of the clock, and what
  /// another 1.0 program stamps meanwhile is old to a 1.0 reader.
  func awaitClock(after messages: [IpckitPeer.Received]) {
    let newest = messages.map(\.timestamp).max() ?? 0
    eventually(within: .seconds(5)) { Date().timeIntervalSince1970 * 1_000 >= Double(newest + 1) }
  }

  func window(writtenBy side: Side) -> String { "\(path)/\(Self.direction(writtenBy: side)).json" }

  func lock(writtenBy side: Side) -> String { "\(path)/\(Self.direction(writtenBy: side)).lock" }

  /// The bytes that were kept because they were no messages.
  func quarantined(writtenBy side: Side) throws -> [String] {
    let folder = "\(path)/.transom/\(Self.direction(writtenBy: side))/quarantine"
    let names = try Directory.open(folder).names()
    return names.compactMap { RawFiles.read("\(folder)/\($0)") }
  }

  private static func direction(writtenBy side: Side) -> String { "\(side.rawValue)_to_\(side.other.rawValue)" }
}

/// What was reported, from whatever thread.
final class Troubles: Sendable {
  private let found = Mutex<[ChannelError]>([])

  var take: @Sendable (ChannelError) -> Void {
    { error in self.found.withLock { $0.append(error) } }
  }

  var list: [ChannelError] { found.withLock { $0 } }
}

/// Looks until something is so, or the time is up; tells which.
@discardableResult
func eventually(within limit: Duration, _ condition: () throws -> Bool) rethrows -> Bool {
  let deadline = ContinuousClock.now + limit
  while try !condition() {
    if ContinuousClock.now > deadline { return false }
    KernelClock.pause(.milliseconds(1))
  }
  return true
}

extension [Message] {
  /// The numbers that the events of one name carry, in the order in which they came.
  func numbers(of name: String) -> [Int] {
    filter { $0.method == name }.map { $0.number ?? -1 }
  }
}

extension Message {
  /// The number that it carries, alone or as `n`.
  var number: Int? {
    struct Numbered: Decodable {
      let n: Int
    }
    return (try? payload.decode(Int.self)) ?? (try? payload.decode(Numbered.self))?.n
  }

  /// The payload without the blanks and the line breaks of whoever wrote it.
  var compactPayload: String {
    payload.description.filter { !$0.isWhitespace }
  }
}
