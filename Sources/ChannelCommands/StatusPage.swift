// How the daemon is, on a page.

package import ChannelAdmin
internal import ChannelMessages
internal import ChannelModel

/// Lays out a daemon's status for people.
package struct StatusPage {
  private let status: DaemonStatus
  private let dates: DateText
  private let style: Style

  package init(_ status: DaemonStatus, dates: DateText = .local, style: Style = .plain) {
    self.status = status
    self.dates = dates
    self.style = style
  }

  package func text() -> String {
    let verdict = DaemonTroubles.verdict(status)
    var text = style(verdict.isGood ? .good : .error, HarmlessText.text(verdict.text)) + "\n\n"
    text += row("began", [moment(status.began)])
    text += row("process", ["\(status.process), transomd \(status.version), \(status.descriptorCount) open files"])
    text += row("memory", [ByteCountText.text(UInt64(max(0, status.residentBytes)))])
    text += row("processor", ["\(DurationText.text(status.processorTime)), \(Self.share(status)) of the time"])
    text += row("configuration", configuration)
    text += row("roots", status.roots.isEmpty ? ["none"] : status.roots.map(root))
    text += row("channels", [channels])
    text += row("dead letters", [letters])
    if status.lostLogLineCount > 0 {
      let lines = status.lostLogLineCount == 1 ? "1 line was" : "\(status.lostLogLineCount) lines were"
      text += row("log", [style(.warning, "\(lines) lost, since nobody read them in time")])
    }
    if !status.handlers.isEmpty {
      text += "\n" + HandlerTable.text(status.handlers, style: style)
    } else {
      text += row("handlers", [status.bridges.isEmpty ? "none: messages wait for other readers" : "none"])
    }
    return status.bridges.isEmpty ? text : text + "\n" + BridgeTable.text(status.bridges, style: style)
  }

  /// How much of a processor it has used all in all, to a tenth of a percent.
  private static func share(_ status: DaemonStatus) -> String {
    PercentText.text(status.processorTime, of: DateText.distance(status.began, status.asked))
  }

  private var configuration: [String] {
    let settings = status.configuration
    var lines = settings.files.isEmpty ? ["no file: everything is as it is by default"] : settings.files.map(harmless)
    var last = "taken over \(moment(settings.loaded))"
    let (good, bad) = (settings.reloadCount, settings.failedReloadCount)
    if good + bad > 0 {
      last += "; reloaded \(good == 1 ? "once" : "\(good) times")"
      if bad > 0 { last += ", refused \(bad == 1 ? "once" : "\(bad) times")" }
    }
    lines.append(last)
    if let problem = settings.problem {
      lines += problem.split(separator: "\n").map { style(.error, harmless(String($0))) }
    }
    return lines
  }

  private func root(_ root: DaemonStatus.Root) -> String {
    guard let trouble = root.trouble else { return harmless(root.path) }
    return "\(harmless(root.path))  \(style(.error, harmless(trouble)))"
  }

  private var channels: String {
    let counts = status.channels
    var text = "\(counts.known) known, \(counts.open) open"
    if counts.troubled > 0 {
      text += ", " + style(.error, "\(counts.troubled) that cannot be opened") + " (see transom top)"
    }
    return text
  }

  private var letters: String {
    status.letterCount == 0 ? "none" : style(.warning, "\(status.letterCount)") + " (see transom dead list)"
  }

  private func moment(_ time: WallTime) -> String { "\(dates.text(time)), \(DateText.ago(time, from: status.asked))" }

  private func harmless(_ text: String) -> String { HarmlessText.text(text) }

  private static let column = 15

  private func row(_ name: String, _ lines: [String]) -> String {
    let begin = style(.heading, name) + String(repeating: " ", count: Self.column - name.count)
    return begin + lines.joined(separator: "\n" + String(repeating: " ", count: Self.column)) + "\n"
  }
}
