// What facts about one direction of a channel mean.

internal import ChannelMessages

/// Judges a window, its locks and its quarantine by facts alone.
struct PartDiagnosis {
  private let part: ChannelFacts.Part
  private let channel: String

  init(_ part: ChannelFacts.Part, channel: String) {
    self.part = part
    self.channel = channel
  }

  var findings: [Finding] { [window] + shown + writing + locks + leftovers }

  private var path: String { ShellWord.quoted("\(channel)/\(part.window)") }

  // MARK: The window

  private var window: Finding {
    switch part.state.content {
    case .missing:
      return Finding(
        .note,
        part.window,
        "missing, which 1.0 programs take for empty",
        fix: "transom init \(ShellWord.quoted(channel)) makes it"
      )
    case .refused(let what, let remedy):
      return Finding(
        .problem,
        part.window,
        "it is \(what): nobody relies on what it says",
        fix: "\(remedy): \(path)"
      )
    case .elements, .torn: break
    }
    if let fault = part.state.fault {
      return Finding(
        .problem,
        part.window,
        "1.0 programs can neither read it nor send through it: \(fault.reason) (byte \(fault.offset))",
        kind: .damage,
        fix: "the next message of a Transom program replaces it; transom clear \(ShellWord.quoted(channel)) does so at "
          + "once, and keeps what is no message in quarantine"
      )
    }
    return Finding(.good, part.window, "1.0 programs can read it (\(part.state.text))")
  }

  private var shown: [Finding] {
    guard case .behind(let count) = part.state.shown else { return [] }
    let what = count == 1 ? "1 message is" : "\(count) messages are"
    return [
      Finding(
        .note,
        part.window,
        "\(what) not shown to 1.0 programs yet",
        fix: "any Transom program that has the channel open shows them: "
          + "transom listen \(ShellWord.quoted(channel)) -w 1s"
      )
    ]
  }

  /// Whether somebody writes windows in place, as far as files can tell.
  private var writing: [Finding] {
    var findings: [Finding] = []
    if part.state.author == .otherInPlace {
      if case .elements(0, _) = part.state.content {
        findings.append(Finding(.note, part.window, "a 1.0 program has emptied it in place, as clear does there"))
      } else {
        findings.append(
          Finding(
            .warning,
            part.window,
            "a program has written into the file that Transom had published: who reads meanwhile finds half a window",
            fix: "let that program write a file beside it and rename that onto \(path), as 1.0 does when it sends"
          )
        )
      }
    }
    if part.quarantine.pieceCount > 0 {
      let count = part.quarantine.pieceCount
      findings.append(
        Finding(
          .note,
          part.window,
          "\(count == 1 ? "once" : "\(count) times") what stood in it was no message, or for a second no array, and was "
            + "set aside: a program writes it in place and was killed or is slow, or it writes something else. "
            + "What was whole again sooner leaves no trace in files"
        )
      )
    }
    return findings
  }

  // MARK: Locks

  private var locks: [Finding] {
    var findings: [Finding] = []
    if let lock = part.lock { findings.append(finding(lock)) }
    for held in part.held {
      let holder = held.hasEnded ? "a child of the ended process \(held.process)" : "process \(held.process)"
      findings.append(
        Finding(
          .warning,
          "lock",
          "\(holder) keeps \(held.path): it is stopped, or very busy, and nobody can send meanwhile",
          kind: .lock,
          fix: held.hasEnded
            ? "find it with: fuser -v \(ShellWord.quoted(held.path))"
            : "let it go on (kill -CONT \(held.process)), or end it (kill \(held.process))"
        )
      )
    }
    return findings.isEmpty ? [Finding(.good, "lock", "nobody holds one of \(part.window)")] : findings
  }

  private func finding(_ lock: WindowLockState) -> Finding {
    let path = ShellWord.quoted(lock.path)
    let what = "\(lock.path) is \(lock.text)"
    switch lock.verdict {
    case .held where lock.isHeldTooLong:
      return Finding(.warning, "lock", what, kind: .lock, fix: lock.advice)
    case .held:
      return Finding(.good, "lock", what)
    case .heldFromFuture:
      return Finding(
        .problem,
        "lock",
        "\(what): to 1.0 programs it never gets old, and they send nothing",
        kind: .lock,
        fix: "if nobody is sending: rm \(path)"
      )
    case .holderIsGone, .untouched:
      return Finding(
        .warning,
        "lock",
        "\(what): a Transom program takes it away when it sends, a 1.0 program waits for its fifth second",
        kind: .lock,
        fix: "rm \(path)"
      )
    case .obstructed:
      return Finding(.problem, "lock", "\(what), so nobody can send", kind: .lock, fix: "move \(path) away")
    }
  }

  // MARK: What was left behind

  private var leftovers: [Finding] {
    var findings: [Finding] = []
    // A sender is done with it in milliseconds; one that was stopped may go on for as long as it holds its lock.
    if case .past(let age)? = part.peerTemporary, age > .seconds(5) {
      let name = part.window.prefix { $0 != "." } + ".tmp"
      findings.append(
        Finding(
          .note,
          "orphans",
          "\(name), \(DurationText.text(age)) old, is left of a 1.0 program that was killed while it sent",
          fix: "rm \(ShellWord.quoted("\(channel)/\(name)"))"
        )
      )
    }
    if part.quarantine.fileCount > 0 {
      let quarantine = "\(channel)/.transom/\(part.window.prefix { $0 != "." })/quarantine"
      findings.append(
        Finding(
          .note,
          "quarantine",
          "of \(part.window): \(part.quarantine.text)",
          fix: "look at them, then remove them: \(ShellWord.quoted(quarantine))"
        )
      )
    }
    return findings
  }
}
