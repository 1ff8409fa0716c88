// What `top` shows, in lines.

internal import ChannelAdmin
internal import ChannelMessages
internal import ChannelModel
package import LinuxIO

/// Lays out a sample, with rates from the difference to the one before: two lines about the daemon, its handlers, its
/// bridges where it has any, and its channels as far as there is room.
package struct TopLayout {
  private let sample: TopSample
  private let change: TopChange
  private let size: Terminal.Size?
  private let style: Style

  /// `size` is that of the terminal; without one lines are as long, and as many, as they are.
  package init(_ sample: TopSample, before: TopSample?, size: Terminal.Size?, style: Style = .plain) {
    self.sample = sample
    change = TopChange(from: before, to: sample)
    self.size = size
    self.style = style
  }

  /// No line has an end; none is longer than the terminal is wide, and they are not more than it has.
  package func lines() -> [String] {
    let (handlerRoom, bridgeRoom, channelRoom) = room
    var lines = head
    lines += [""] + block(handlerLines, troubled: sample.status.handlers.map { $0.trouble != nil }, handlerRoom, 0)
    if !sample.status.bridges.isEmpty {
      lines += [""] + block(bridgeLines, troubled: sample.status.bridges.map { $0.trouble != nil }, bridgeRoom, 0)
    }
    if !sample.channels.isEmpty {
      let hidden = max(0, sample.status.channels.known - sample.channels.count)
      lines += [""] + block(channelLines, troubled: sample.channels.map { $0.trouble != nil }, channelRoom, hidden)
    }
    guard let size else { return lines }
    return Array(lines.prefix(max(1, size.rows - 1))) + (size.rows > 1 ? [style(.faint, cut("q ends"))] : [])
  }

  // MARK: The daemon

  private var head: [String] {
    let status = sample.status
    let verdict = DaemonTroubles.verdict(status)
    var facts = [
      "transomd \(status.version)", "up \(DurationText.text(DateText.distance(status.began, status.asked)))",
      ByteCountText.text(UInt64(max(0, status.residentBytes))), "\(change.processorShare(status)) of a processor",
    ]
    if let rate = change.rate(of: status.handlers) { facts.append("\(rate) messages/s") }
    facts.append("\(status.channels.open) of \(status.channels.known) channels open")
    facts.append(status.letterCount == 1 ? "1 dead letter" : "\(status.letterCount) dead letters")
    return [
      style(verdict.isGood ? .good : .error, cut(HarmlessText.text(verdict.text))),
      cut(HarmlessText.text(facts.joined(separator: ", "))),
    ]
  }

  // MARK: The tables

  private var handlerLines: [Substring] {
    var table = TextTable([
      ("HANDLER", .left), ("RUNNING", .right), ("WAITING", .right), ("PER S", .right), ("HANDLED", .right),
      ("FAILED", .right), ("HALF WITHIN", .right), ("99 % WITHIN", .right), ("TROUBLE", .left),
    ])
    for handler in sample.status.handlers {
      let times = change.times(of: handler)
      table.add([
        handler.name, HandlerTable.running(handler), "\(handler.waiting)", change.rate(of: handler),
        "\(handler.handled)", "\(handler.failed)", HandlerTable.bound(times, 0.5), HandlerTable.bound(times, 0.99),
        handler.trouble ?? "",
      ])
    }
    return table.text().split(separator: "\n")
  }

  private var bridgeLines: [Substring] {
    var table = TextTable([
      ("BRIDGE", .left), ("KIND", .left), ("CONNECTED", .right), ("PER S", .right), ("REQUESTS", .right),
      ("EVENTS", .right), ("DROPPED", .right), ("REFUSED", .right), ("TROUBLE", .left),
    ])
    for bridge in sample.status.bridges {
      table.add([
        bridge.name, bridge.kind.rawValue, "\(bridge.connections)", change.rate(of: bridge),
        "\(bridge.requestsOut &+ bridge.requestsIn)",
        BridgeTable.carried(bridge, bridge.eventsOut &+ bridge.eventsIn), BridgeTable.carried(bridge, bridge.dropped),
        "\(bridge.refused)", bridge.trouble ?? "",
      ])
    }
    return table.text().split(separator: "\n")
  }

  private var channelLines: [Substring] {
    var table = TextTable([
      ("CHANNEL", .left), ("STATE", .left), ("NOW", .right), ("PER S", .right), ("REQUESTS", .right),
      ("EVENTS", .right), ("FAILED", .right), ("DEAD", .right), ("UNREAD", .right), ("LAST", .right),
      ("TROUBLE", .left),
    ])
    for channel in sample.channels {
      let unread = channel.readers.map(\.unread).max().map { "\($0)" } ?? "-"
      let last = channel.active.map { DurationText.text(DateText.distance($0, sample.status.asked)) } ?? "-"
      table.add([
        channel.name, channel.phase.rawValue, "\(channel.inFlight)", change.rate(of: channel), "\(channel.requests)",
        "\(channel.events)", "\(channel.failed)", "\(channel.dead)", unread, last, channel.trouble ?? "",
      ])
    }
    return table.text().split(separator: "\n")
  }

  /// A heading and as many rows as there is room for; the last says how many are left out.
  private func block(_ lines: [Substring], troubled: [Bool], _ room: Int, _ hidden: Int) -> [String] {
    guard let heading = lines.first else { return [] }
    let rows = lines.dropFirst()
    let isCut = rows.count > room || hidden > 0
    let shown = isCut ? min(rows.count, max(0, room - 1)) : rows.count
    var block = [style(.heading, cut(String(heading)))]
    for (row, isTroubled) in zip(rows, troubled).prefix(shown) {
      block.append(isTroubled ? style(.warning, cut(String(row))) : cut(String(row)))
    }
    if isCut { block.append(style(.faint, cut("and \(rows.count - shown + hidden) more"))) }
    return block
  }

  // MARK: Room

  /// How many rows handlers, bridges and channels may have. Where all are too many, each gets its share.
  private var room: (handlers: Int, bridges: Int, channels: Int) {
    guard let size else { return (.max, .max, .max) }
    // The two lines at the top, two blank ones, two headings, and the last line.
    var rest = max(2, size.rows - 7)
    let channels = sample.channels.count + (sample.status.channels.known > sample.channels.count ? 1 : 0)
    var bridges = sample.status.bridges.count
    if bridges > 0 {
      // One more blank line, and one more heading.
      rest = max(3, rest - 2)
      bridges = min(bridges, max(rest / 3, rest - sample.status.handlers.count - channels))
      rest -= bridges
    }
    let handlers = min(sample.status.handlers.count, max(rest / 2, rest - channels))
    return (handlers, bridges, rest - handlers)
  }

  private func cut(_ line: String) -> String {
    guard let size, line.count > size.columns else { return line }
    var cut = line.prefix(max(0, size.columns))
    while cut.last == " " { cut.removeLast() }
    return String(cut)
  }
}
