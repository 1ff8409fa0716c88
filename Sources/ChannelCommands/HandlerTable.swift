// Handlers in columns.

internal import ChannelAdmin
internal import ChannelMessages

/// How handlers are, for people.
enum HandlerTable {
  static func text(_ handlers: [HandlerStatus], style: Style) -> String {
    // What nobody has is no column.
    let hasTrouble = handlers.contains { $0.trouble != nil }
    let hasWorkers = handlers.contains { $0.manner == .worker }
    var columns: [(heading: String, alignment: TextTable.Alignment)] = [
      ("HANDLER", .left), ("MANNER", .left), ("RUNNING", .right), ("WAITING", .right), ("HANDLED", .right),
      ("FAILED", .right), ("LATER", .right),
    ]
    if hasWorkers { columns.append(("RESTARTS", .right)) }
    columns += [("HALF WITHIN", .right), ("99 % WITHIN", .right)]
    if hasTrouble { columns.append(("TROUBLE", .left)) }
    var table = TextTable(columns)
    for handler in handlers {
      var cells = [
        handler.name, handler.manner.rawValue, running(handler), "\(handler.waiting)", "\(handler.handled)",
        "\(handler.failed)", "\(handler.postponed)",
      ]
      if hasWorkers { cells.append(handler.manner == .worker ? "\(handler.restarts)" : "-") }
      cells += [bound(handler.times, 0.5), bound(handler.times, 0.99)]
      if hasTrouble { cells.append(handler.trouble ?? "") }
      table.add(cells)
    }
    return table.text(style: style)
  }

  static func running(_ handler: HandlerStatus) -> String { "\(handler.running) of \(handler.concurrency)" }

  /// Within which time this share of the messages was done with.
  static func bound(_ times: TimeHistogram, _ share: Double) -> String {
    if let bound = times.bound(ofShare: share) { return DurationText.text(bound) }
    guard times.count > 0, let longest = TimeHistogram.bounds.last else { return "-" }
    return "over \(DurationText.text(longest))"
  }
}
