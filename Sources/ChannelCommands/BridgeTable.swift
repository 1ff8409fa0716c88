// Bridges and doors in columns.

internal import ChannelAdmin

/// How bridges and doors are, for people.
enum BridgeTable {
  static func text(_ bridges: [BridgeStatus], style: Style) -> String {
    // What nobody has is no column.
    let hasBridges = bridges.contains { $0.kind == .bridge }
    let hasDropped = bridges.contains { $0.dropped > 0 }
    let hasRefused = bridges.contains { $0.refused > 0 }
    let hasTrouble = bridges.contains { $0.trouble != nil }
    var columns: [(heading: String, alignment: TextTable.Alignment)] = [
      ("BRIDGE", .left), ("KIND", .left), ("PLACE", .left), ("CHANNELS", .right), ("CONNECTED", .right),
    ]
    if hasBridges { columns.append(("REQUESTS OUT", .right)) }
    columns.append(("REQUESTS IN", .right))
    if hasBridges { columns += [("EVENTS OUT", .right), ("EVENTS IN", .right)] }
    if hasDropped { columns.append(("DROPPED", .right)) }
    if hasRefused { columns.append(("REFUSED", .right)) }
    if hasTrouble { columns.append(("TROUBLE", .left)) }
    var table = TextTable(columns)
    for bridge in bridges {
      var cells = [
        bridge.name, bridge.kind.rawValue, bridge.place, "\(bridge.channelCount)", "\(bridge.connections)",
      ]
      if hasBridges { cells.append(carried(bridge, bridge.requestsOut)) }
      cells.append("\(bridge.requestsIn)")
      if hasBridges { cells += [carried(bridge, bridge.eventsOut), carried(bridge, bridge.eventsIn)] }
      if hasDropped { cells.append(carried(bridge, bridge.dropped)) }
      if hasRefused { cells.append("\(bridge.refused)") }
      if hasTrouble { cells.append(bridge.trouble ?? "") }
      table.add(cells)
    }
    return table.text(style: style)
  }

  /// A figure that doors do not have.
  static func carried(_ bridge: BridgeStatus, _ count: UInt64) -> String {
    switch bridge.kind {
    case .bridge: "\(count)"
    case .door: "-"
    }
  }
}
