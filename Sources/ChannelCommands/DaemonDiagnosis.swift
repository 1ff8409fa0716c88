// What the daemon's own words mean.

package import ChannelAdmin
internal import ChannelMessages

/// Judges a daemon by what it says of itself and its channels.
package struct DaemonDiagnosis {
  private let status: DaemonStatus
  private let channels: [ChannelStatus]
  private let place: String

  /// A reader is behind from so many messages on, or from so old a message on.
  private static let manyUnread: UInt64 = 1_000
  private static let longUnread = Duration.seconds(3_600)
  /// So many channels are named of each kind.
  private static let mostNamed = 5

  /// `place` is the daemon's socket.
  package init(_ status: DaemonStatus, _ channels: [ChannelStatus], at place: String) {
    self.status = status
    self.channels = channels
    self.place = place
  }

  /// What there is to say when nobody answers at all.
  package static func noDaemon(at place: String) -> Finding {
    Finding(.good, "daemon", "none answers at \(place); channels work without one, handlers and dead letters do not")
  }

  package var findings: [Finding] {
    var findings = [presence] + troubles + channelTroubles + lags
    findings += named(
      channels.filter(\.isWrittenInPlace),
      .warning,
      "a 1.0 program writes a window in place, so messages may be lost",
      fix: { "see transom doctor \(ShellWord.quoted($0.path))" }
    )
    findings += named(
      channels.filter { $0.missed > 0 },
      .note,
      "messages were missed, written over before anybody could read them",
      detail: { "\($0.missed)" }
    )
    if status.letterCount > 0 {
      let letters = status.letterCount == 1 ? "1 dead letter waits" : "\(status.letterCount) dead letters wait"
      findings.append(
        Finding(.note, "daemon", "\(letters) for somebody to look at them", fix: "transom dead list")
      )
    }
    if status.lostLogLineCount > 0 {
      let what = "\(status.lostLogLineCount) lines of its log were lost, since nobody read them in time"
      findings.append(Finding(.warning, "daemon", what, fix: "see to what reads its standard error"))
    }
    return findings
  }

  private var presence: Finding {
    let state = status.phase.rawValue
    let age = DurationText.text(DateText.distance(status.began, status.asked))
    let what = "process \(status.process), \(state) for \(age), answers at \(place)"
    guard status.version != ProgramVersion.text else { return Finding(.good, "daemon", what) }
    return Finding(
      .note,
      "daemon",
      "\(what); it is of version \(status.version), and this is \(ProgramVersion.text)",
      fix: "end and start it again, once the new version is installed"
    )
  }

  private var troubles: [Finding] {
    var findings: [Finding] = []
    if let problem = status.configuration.problem {
      let what = "the configuration files were refused at the last reload: \(problem)"
      findings.append(Finding(.problem, "configuration", what, fix: "mend them, then: transom reload"))
    }
    for root in status.roots {
      if let trouble = root.trouble { findings.append(Finding(.problem, "root", "\(root.path): \(trouble)")) }
    }
    for handler in status.handlers {
      if let trouble = handler.trouble { findings.append(Finding(.problem, "handler", "\(handler.name): \(trouble)")) }
    }
    for bridge in status.bridges {
      if let trouble = bridge.trouble {
        findings.append(Finding(.problem, bridge.kind.rawValue, "\(bridge.name): \(trouble)"))
      }
    }
    return findings
  }

  private var channelTroubles: [Finding] {
    named(
      channels.filter { $0.phase == .troubled },
      .problem,
      "cannot be opened",
      detail: { $0.trouble ?? "" },
      fix: { "see transom doctor \(ShellWord.quoted($0.path))" }
    )
  }

  private var lags: [Finding] {
    let lagging = channels.compactMap { channel -> (ChannelStatus, ChannelStatus.Reader)? in
      let behind = channel.readers.filter { $0.unread >= Self.manyUnread || $0.age ?? .zero >= Self.longUnread }
      return behind.max { $0.unread < $1.unread }.map { (channel, $0) }
    }
    var findings = lagging.prefix(Self.mostNamed).map { channel, reader in
      let age = reader.age.map { ", the oldest for \(DurationText.text($0))" } ?? ""
      let messages = reader.unread == 1 ? "1 message" : "\(reader.unread) messages"
      return Finding(
        .warning,
        "reader",
        "\(reader.name) in \(channel.path) has \(messages) to read\(age)",
        fix: "start it, or: transom reader drop \(ShellWord.quoted(channel.path)) \(ShellWord.quoted(reader.name))"
      )
    }
    let rest = lagging.count - findings.count
    if rest > 0 { findings.append(Finding(.warning, "reader", "\(rest) more channels have readers far behind")) }
    return findings
  }

  /// A finding for each of the channels, as far as they can be named.
  private func named(
    _ channels: [ChannelStatus],
    _ severity: Finding.Severity,
    _ what: String,
    detail: (ChannelStatus) -> String = { _ in "" },
    fix: (ChannelStatus) -> String? = { _ in nil }
  ) -> [Finding] {
    var findings = channels.prefix(Self.mostNamed).map { channel in
      let detail = detail(channel)
      return Finding(
        severity,
        "channel",
        "\(channel.path): \(what)\(detail.isEmpty ? "" : ": \(detail)")",
        fix: fix(channel)
      )
    }
    let rest = channels.count - findings.count
    if rest > 0 { findings.append(Finding(severity, "channel", "\(rest) more: \(what)")) }
    return findings
  }
}
