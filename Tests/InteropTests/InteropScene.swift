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
  static func run(
    on ground: ScratchDirectory.Ground = .memory,
    _ body: @Sendable (InteropScene) throws -> Void
  ) async throws {
    try await ThreadExecutor.run {
      try withScratchDirectory(on: ground) { folder in
        let scene = InteropScene(folder)
        defer { for channel in scene.channels { channel.close() } }
        try body(scene)
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

  func window(writtenBy side: Side) -> String { "\(path)/\(Self.direction(writtenBy: side)).json" }

  func lock(writtenBy side: Side) -> String { "\(path)/\(Self.direction(writtenBy: side)).lock" }

  /// Where bytes are kept that were no messages.
  func quarantine(writtenBy side: Side) -> String { "\(path)/.transom/\(Self.direction(writtenBy: side))/quarantine" }

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

/// Reads a stream of ours on a thread of its own while the test does something else.
final class Collector: Sendable {
  private struct State {
    var messages: [Message] = []
    var gaps: [Gap] = []
    var failures: [String] = []
    var isEnding = false
    var hasEnded = false
  }

  private let state = Mutex(State())

  /// Follows what comes from now on.
  init(_ channel: Channel) throws {
    let messages = channel.messages { gap in self.state.withLock { $0.gaps.append(gap) } }
    // It begins with the first look; what is sent before that would not be among it.
    if let early = try messages.next(within: .zero) { state.withLock { $0.messages.append(early) } }
    NativeThread.detach {
      while true {
        let isLast = self.state.withLock { $0.isEnding }
        do {
          if let message = try messages.next(within: .milliseconds(isLast ? 300 : 20)) {
            self.state.withLock { $0.messages.append(message) }
            continue
          }
        } catch {
          self.state.withLock { $0.failures.append("\(error)") }
          KernelClock.pause(.milliseconds(1))
          if !isLast { continue }
        }
        if isLast { break }
      }
      messages.close()
      self.state.withLock { $0.hasEnded = true }
    }
  }

  var count: Int { state.withLock { $0.messages.count } }

  /// Waits until so many came, or the time is up.
  func awaitCount(_ count: Int, within limit: Duration) {
    eventually(within: limit) { self.count >= count }
  }

  /// All that came, once nothing more has come for a while.
  func finish(within limit: Duration = .seconds(30)) -> (messages: [Message], gaps: [Gap], failures: [String]) {
    state.withLock { $0.isEnding = true }
    eventually(within: limit) { self.state.withLock { $0.hasEnded } }
    return state.withLock { state in
      (state.messages, state.gaps, state.failures + (state.hasEnded ? [] : ["it does not end"]))
    }
  }
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

extension JSONText {
  init(integer: Int) {
    do {
      try self.init(validating: Array("\(integer)".utf8))
    } catch {
      fatalError("digits are JSON")
    }
  }
}
