// The 1.0 lock of a window as `inspect` and `doctor` show it.

internal import ChannelMessages
internal import ChannelModel

/// A lock file that lies beside a window.
package struct WindowLockState: Hashable, Sendable {
  /// What kind of program made it.
  package enum Maker: Hashable, Sendable {
    case transom
    case newerTransom(UInt64)
    case peer
  }

  package enum Verdict: String, Hashable, Sendable {
    case held
    /// Held, and its time lies ahead: to 1.0 programs it is never old.
    case heldFromFuture = "held-from-future"
    case holderIsGone = "holder-is-gone"
    case untouched
    /// Something that is no file.
    case obstructed
  }

  package var path: String
  package var maker: Maker
  /// The number in it, which may be that of another container's process.
  package var process: UInt32?
  package var age: FileAge
  package var verdict: Verdict

  package init(path: String, maker: Maker, process: UInt32?, age: FileAge, verdict: Verdict) {
    self.path = path
    self.maker = maker
    self.process = process
    self.age = age
    self.verdict = verdict
  }

  init(path: String, _ facts: LockFacts, _ verdict: LockJudge.Verdict, age: FileAge) {
    self.path = path
    self.age = age
    process = facts.contents.process
    maker =
      switch facts.contents.second {
      case .ours: .transom
      case .newer(let version): .newerTransom(version)
      case .foreign: .peer
      }
    self.verdict =
      switch verdict {
      case .held: .held
      case .heldFromFuture: .heldFromFuture
      case .stale(.holderIsGone): .holderIsGone
      case .stale(.untouched): .untouched
      case .obstructed: .obstructed
      }
  }

  /// Whether it stands in nobody's way for long.
  package var isStale: Bool { verdict == .holderIsGone || verdict == .untouched }

  /// Whether somebody held it for longer than 1.0 gives a sender.
  package var isHeldTooLong: Bool {
    guard verdict == .held, case .past(let age) = age else { return false }
    return age > LockJudge.patience
  }

  /// Who made it, in words.
  package var holder: String {
    let holder: LockJudge.Holder =
      switch maker {
      case .transom: .transom(process: process)
      case .newerTransom(let version): .newerTransom(version: version, process: process)
      case .peer: .peer(process: process)
      }
    return "\(holder)"
  }

  /// What is so, for people.
  package var text: String {
    switch verdict {
    case .held, .heldFromFuture: "held by \(holder), touched \(age.text)"
    case .holderIsGone: "left by \(holder) and has ended, touched \(age.text)"
    case .untouched: "left by \(holder), touched \(age.text)"
    case .obstructed: "no lock file, but something else in its place"
    }
  }

  /// What to do about it; nil while nothing has to be done.
  package var advice: String? {
    switch verdict {
    case .held where isHeldTooLong:
      "its holder is stopped or very slow: let it go on (kill -CONT \(process.map(String.init) ?? "PID")) or end it"
    case .held: nil
    case .heldFromFuture: "1.0 programs would wait for it for ever: rm \(ShellWord.quoted(path))"
    case .holderIsGone, .untouched: "whoever sends next takes it away; nothing has to be done"
    case .obstructed: "nobody can send through this window: move \(ShellWord.quoted(path)) away"
    }
  }

  /// One object.
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("verdict")
    writer.string(verdict.rawValue)
    writer.key("made_by")
    switch maker {
    case .transom, .newerTransom: writer.string("transom")
    case .peer: writer.string("1.0")
    }
    writer.key("process")
    if let process { writer.integer(UInt64(process)) } else { writer.null() }
    writer.key("age_ms")
    writer.integer(age.milliseconds)
    if let advice {
      writer.key("to_do")
      writer.string(advice)
    }
    writer.endObject()
  }
}
