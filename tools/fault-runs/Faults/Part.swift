// One program of a round.

internal import ChannelMessages
internal import Glibc
internal import LinuxIO
internal import TestSupport
internal import Transom

/// What a child of the runner is told on its command line, and what all of them do alike.
struct Part {
  let folder: RoundFolder
  let side: Side
  /// Who it is in the logs.
  let name: String
  let log: EventLog
  /// `KEY=VALUE` words.
  private let options: [String: String]

  /// `ROLE FOLDER SIDE NAME [KEY=VALUE…]`.
  static func run(_ words: [String]) {
    guard words.count >= 4, let side = Side(rawValue: words[2]) else { exit(64) }
    let pairs = words.dropFirst(4).map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
    let part = Part(
      folder: RoundFolder(path: words[1]),
      side: side,
      name: words[3],
      log: EventLog(at: RoundFolder(path: words[1]).log(words[3])),
      options: Dictionary(pairs.map { ($0[0], $0.count > 1 ? $0[1] : "") }) { $1 }
    )
    do {
      switch words[0] {
      case "write": try part.write()
      case "last": try part.writeLast()
      case "read": try part.read()
      case "request": try part.request()
      case "respond": try part.respond()
      case "talk": try part.talk()
      case "intrude": part.intrude()
      case "plain-write": part.writePlainly()
      default: exit(64)
      }
    } catch {
      part.log.write("failed \(error)")
      exit(1)
    }
    exit(0)
  }

  func option(_ key: String) -> String? { options[key] }
  func number(_ key: String) -> Int { options[key].flatMap { Int($0) } ?? 0 }

  var isToStop: Bool { Disk.exists(folder.stop) }
  var isToDrain: Bool { Disk.exists(folder.drain) }

  /// The channel, with the breakpoint that this process was given.
  func open() throws -> Channel {
    var channelOptions = ChannelOptions(creation: .never)
    if let pause = option("within").flatMap({ Int($0) }) { channelOptions.visibility = .within(.milliseconds(pause)) }
    if let wait = option("timeout").flatMap({ Int($0) }) { channelOptions.sendTimeout = .milliseconds(wait) }
    let calls: any FileCalls =
      option("break").flatMap(Breakpoint.init(word:)).map(BreakingCalls.init) ?? KernelCalls.shared
    return try Channel(at: folder.channel, as: side, options: channelOptions, calls: calls) { [log] error in
      log.write("trouble \(error.code) \(error)")
    }
  }

  func pause() {
    let microseconds = number("pace")
    if microseconds > 0 { KernelClock.pause(.microseconds(microseconds)) }
  }
}
