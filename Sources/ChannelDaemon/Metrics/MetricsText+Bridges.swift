// What metrics say of bridges and doors.

internal import ChannelAdmin

extension MetricsText {
  static func writeBridges(_ bridges: [BridgeStatus], to writer: inout MetricsWriter) {
    func writeAll(
      _ name: String,
      _ kind: MetricsWriter.Kind,
      _ help: String,
      of bridges: [BridgeStatus],
      _ value: (BridgeStatus) -> some BinaryInteger
    ) {
      // A family that nobody has is none.
      guard !bridges.isEmpty else { return }
      writer.family(name, kind, help)
      for bridge in bridges { writer.sample(name, label(bridge), value(bridge)) }
    }
    // What doors do not count is not told of them.
    let carrying = bridges.filter { $0.kind == .bridge }
    writeAll("transom_bridge_channels", .gauge, "Channels that it is for.", of: bridges) { $0.channelCount }
    writeAll("transom_bridge_connections", .gauge, "Those who are connected.", of: bridges) { $0.connections }
    writer.family("transom_bridge_requests_total", .counter, "Requests that went over it, out of channels and in.")
    for bridge in bridges {
      if bridge.kind == .bridge { write("requests", "out", bridge.requestsOut, of: bridge, to: &writer) }
      write("requests", "in", bridge.requestsIn, of: bridge, to: &writer)
    }
    if !carrying.isEmpty {
      writer.family("transom_bridge_events_total", .counter, "Events that went over it, out of channels and in.")
    }
    for bridge in carrying {
      write("events", "out", bridge.eventsOut, of: bridge, to: &writer)
      write("events", "in", bridge.eventsIn, of: bridge, to: &writer)
    }
    writeAll("transom_bridge_dropped_total", .counter, "Messages that do not go across.", of: carrying) { $0.dropped }
    writeAll("transom_bridge_refused_total", .counter, "How often something was refused.", of: bridges) { $0.refused }
    writeAll("transom_bridge_trouble", .gauge, "1 while something is wrong with it.", of: bridges) {
      $0.trouble == nil ? 0 : 1
    }
  }

  private static func write(
    _ what: String,
    _ direction: String,
    _ count: UInt64,
    of bridge: BridgeStatus,
    to writer: inout MetricsWriter
  ) {
    writer.sample("transom_bridge_\(what)_total", label(bridge) + [("direction", direction)], count)
  }

  private static func label(_ bridge: BridgeStatus) -> [MetricsWriter.Label] {
    [("bridge", bridge.name), ("kind", bridge.kind.rawValue)]
  }
}
