// What facts about a channel mean.

internal import ChannelMessages

/// Judges a channel by facts alone.
package struct ChannelDiagnosis {
  private let facts: ChannelFacts

  package init(_ facts: ChannelFacts) {
    self.facts = facts
  }

  /// One finding or more for everything that was looked at.
  package var findings: [Finding] {
    failures + [fileSystem] + rights + [times]
      + facts.parts.flatMap { PartDiagnosis($0, channel: facts.path).findings } + orphans
  }

  private var path: String { ShellWord.quoted(facts.path) }

  // MARK: The place

  private var failures: [Finding] {
    var findings = facts.failures.map { Finding(.problem, "files", $0.what, kind: $0.kind, fix: $0.fix) }
    if !facts.isOfTransom {
      findings.append(
        Finding(
          .note,
          "files",
          "only 1.0 programs have used this channel: what they lose is lost",
          fix: "transom init \(path) makes Transom's part beside what is there"
        )
      )
    }
    findings += facts.missing.map { path in
      let what = "\(path) is missing: the next Transom program that sends makes it anew, without what was in it"
      return Finding(.note, "files", what)
    }
    return findings
  }

  private var fileSystem: Finding {
    let subject = "file system"
    let name = facts.fileSystem
    switch facts.sight {
    case .everyWriter where facts.isFlockKernelWide:
      return Finding(.good, subject, "\(name): inotify tells of every change, and a lock ends with its holder")
    case .everyWriter, .unsure:
      return Finding(
        .note,
        subject,
        "\(name): inotify may not tell of every writer, so the channel is also polled, which costs some time; windows are replaced whole all the same"
      )
    case .onlyLocalWriters:
      return Finding(
        .warning,
        subject,
        "\(name): inotify is silent about other machines, so the channel is polled; a lock's holder on another machine cannot be seen to end, so a lock that one has left costs 5 s",
        fix: "put the channel on a local file system (/run, /dev/shm), or let programs of one machine alone use it"
      )
    }
  }

  private var times: Finding {
    let ahead = facts.files.compactMap { file -> (name: String, by: Duration)? in
      // File systems and other machines may be a little ahead.
      guard case .ahead(let distance) = file.age, distance > .seconds(2) else { return nil }
      return (file.name, distance)
    }
    guard let farthest = ahead.max(by: { $0.by < $1.by }) else {
      return Finding(.good, "times", "no file is from the future")
    }
    let files = ahead.count == 1 ? "1 file has a time" : "\(ahead.count) files have times"
    let what = "\(files) ahead of the clock, \(farthest.name) by \(DurationText.text(farthest.by))"
    return Finding(
      .warning,
      "times",
      "\(what): the clock was set back, or another machine with another clock writes here",
      fix: "set the clock right, then: find \(path) -newermt now -exec touch {} +"
    )
  }

  // MARK: Rights

  private var rights: [Finding] {
    var findings: [Finding] = []
    let directory = facts.directory
    if let obstacle = facts.writingObstacle {
      findings.append(
        Finding(
          .problem,
          "rights",
          "user \(facts.user) can send nothing here: \(obstacle)",
          fix: "sudo chown -R \(facts.user) \(path), or run this as user \(directory.owner)"
        )
      )
    }
    if directory.permissions & 0o002 != 0 {
      findings.append(
        Finding(
          .warning,
          "rights",
          "every user of this machine may write here, and so read, forge and remove messages",
          fix: "chmod o-w \(path)"
        )
      )
    } else if directory.permissions & 0o004 != 0 {
      findings.append(
        Finding(.note, "rights", "every user of this machine can read what is sent", fix: "chmod o-rx \(path)")
      )
    }
    if directory.permissions & 0o020 != 0 {
      findings.append(Finding(.note, "rights", "whoever is in group \(directory.group) may send and read here"))
    }
    findings += strangers + unshared + openToAll
    if findings.isEmpty {
      let what = "user \(facts.user) may send and read; everything belongs to who may have it"
      findings.append(Finding(.good, "rights", what))
    }
    return findings
  }

  private var strangers: [Finding] {
    let files = facts.files.filter(\.isStrangers)
    guard let first = files.first else { return [] }
    return [
      Finding(
        .problem,
        "rights",
        "\(Self.names(files)) \(files.count == 1 ? "belongs" : "belong") to user \(first.owner), a stranger here, and \(files.count == 1 ? "is" : "are") not touched",
        fix: "sudo chown \(facts.directory.owner) \(paths(files)), or remove what should not be there"
      )
    ]
  }

  /// Where a group shares a channel each file has to be the group's.
  private var unshared: [Finding] {
    guard facts.directory.permissions & 0o020 != 0 else { return [] }
    let files = facts.files.filter {
      $0.group != facts.directory.group || $0.permissions & 0o060 != 0o060
    }
    guard !files.isEmpty else { return [] }
    return [
      Finding(
        .warning,
        "rights",
        "the group shares the channel, but \(Self.names(files)) \(files.count == 1 ? "is" : "are") not for it to write",
        fix: "sudo chgrp -R \(facts.directory.group) \(path) && sudo chmod -R g+rwX \(path)"
      )
    ]
  }

  private var openToAll: [Finding] {
    let files = facts.files.filter { $0.permissions & 0o002 != 0 && facts.directory.permissions & 0o002 == 0 }
    guard !files.isEmpty else { return [] }
    return [
      Finding(
        .warning,
        "rights",
        "every user who comes this far may write to \(Self.names(files))",
        fix: "chmod o-w \(paths(files))"
      )
    ]
  }

  // MARK: What was left behind

  private var orphans: [Finding] {
    var findings: [Finding] = []
    if facts.leftovers.fileCount > 0 {
      let isMuch = facts.leftovers.fileCount > 1_000 || facts.leftovers.byteCount > 64 << 20
      findings.append(
        Finding(
          isMuch ? .warning : .note,
          "orphans",
          "\(facts.leftovers.text): killed programs leave them, and running ones make theirs anew",
          fix: "find \(path)/.transom/staging -type f ! -name '*.json-*' -mmin +10 -delete"
        )
      )
    }
    if !facts.asides.isEmpty {
      findings.append(
        Finding(
          .note,
          "orphans",
          "\(facts.asides.count == 1 ? "1 directory" : "\(facts.asides.count) directories") that a killed program had begun to make into a channel",
          fix: "rm -r \(facts.asides.map(ShellWord.quoted).joined(separator: " "))"
        )
      )
    }
    return findings.isEmpty ? [Finding(.good, "orphans", "killed programs have left nothing behind")] : findings
  }

  // MARK: Names

  private static let mostNames = 3

  private static func names(_ files: [ChannelFacts.File]) -> String {
    let first = files.prefix(mostNames).map(\.name).joined(separator: ", ")
    return files.count > mostNames ? "\(first) and \(files.count - mostNames) more" : first
  }

  private func paths(_ files: [ChannelFacts.File]) -> String {
    let first = files.prefix(Self.mostNames).map { ShellWord.quoted("\(facts.path)/\($0.name)") }
    return first.joined(separator: " ") + (files.count > Self.mostNames ? " ..." : "")
  }
}
