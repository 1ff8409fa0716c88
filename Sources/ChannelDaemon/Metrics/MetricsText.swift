// What metrics say.

package import ChannelAdmin
internal import ChannelModel

/// The daemon's figures as text for Prometheus.
///
/// Of channels there are thousands, and each label is kept for years by who collects them: so only some of them, the
/// busiest, have figures of their own.
package enum MetricsText {
  /// So many channels have figures of their own.
  package static let mostChannels = 100
  private static let mostRoots = 100

  /// The whole text; of the channels, which are in order, the first `mostChannels`.
  package static func of(_ status: DaemonStatus, _ channels: [ChannelStatus]) -> String {
    var writer = MetricsWriter()
    writeDaemon(status, to: &writer)
    writeProcess(status, to: &writer)
    writeRoots(status, to: &writer)
    if !status.handlers.isEmpty { writeHandlers(status.handlers, to: &writer) }
    if !status.bridges.isEmpty { writeBridges(status.bridges, to: &writer) }
    if !channels.isEmpty { writeChannels(channels.prefix(mostChannels), to: &writer) }
    return writer.text
  }

  private static func writeDaemon(_ status: DaemonStatus, to writer: inout MetricsWriter) {
    writer.family("transom_build_info", .gauge, "The version that runs; always 1.")
    writer.sample("transom_build_info", [("version", status.version)], 1)
    writer.family("transom_phase", .gauge, "1 for what the daemon is at, 0 for the others.")
    for phase in DaemonStatus.Phase.allCases {
      writer.sample("transom_phase", [("phase", phase.rawValue)], status.phase == phase)
    }
    let configuration = status.configuration
    let loaded = "transom_configuration_loaded_timestamp_seconds"
    writer.family(loaded, .gauge, "When the configuration that holds was read.")
    writer.sample(loaded, [], seconds(configuration.loaded))
    writer.single(
      "transom_configuration_reloads_total",
      .counter,
      "How often another configuration was taken over.",
      configuration.reloadCount
    )
    writer.single(
      "transom_configuration_reload_failures_total",
      .counter,
      "How often one was wrong, and the old one kept.",
      configuration.failedReloadCount
    )
    writer.single(
      "transom_configuration_trouble",
      .gauge,
      "1 while the configuration files are wrong.",
      configuration.problem == nil ? 0 : 1
    )
    writer.single("transom_channels", .gauge, "Channels that are known.", status.channels.known)
    writer.single("transom_channels_open", .gauge, "Channels in which something happens.", status.channels.open)
    writer.single("transom_channels_troubled", .gauge, "Channels that cannot be opened.", status.channels.troubled)
    writer.single("transom_dead_letters", .gauge, "Messages that were set aside.", status.letterCount)
    writer.single(
      "transom_log_lines_lost_total",
      .counter,
      "Lines of the log that nobody read in time.",
      status.lostLogLineCount
    )
  }

  private static func writeProcess(_ status: DaemonStatus, to writer: inout MetricsWriter) {
    writer.family("transom_start_timestamp_seconds", .gauge, "When the daemon was started.")
    writer.sample("transom_start_timestamp_seconds", [], seconds(status.began))
    writer.family("transom_processor_seconds_total", .counter, "The processor's time that it has used.")
    writer.sample("transom_processor_seconds_total", [], MetricsWriter.seconds(status.processorTime))
    writer.single("transom_resident_memory_bytes", .gauge, "Memory that it has.", status.residentBytes)
    writer.single("transom_open_descriptors", .gauge, "Descriptors that it has open.", status.descriptorCount)
  }

  private static func writeRoots(_ status: DaemonStatus, to writer: inout MetricsWriter) {
    guard !status.roots.isEmpty else { return }
    writer.family("transom_root_trouble", .gauge, "1 for a root that cannot be looked at, or a part of it.")
    // Parts of roots are told of as well, and nobody knows how many those may be.
    var told: Set<String> = []
    for root in status.roots where told.count < mostRoots && told.insert(root.path).inserted {
      writer.sample("transom_root_trouble", [("root", root.path)], root.trouble != nil)
    }
  }

  private static func writeHandlers(_ handlers: [HandlerStatus], to writer: inout MetricsWriter) {
    func write(
      _ name: String,
      _ kind: MetricsWriter.Kind,
      _ help: String,
      _ value: (HandlerStatus) -> some BinaryInteger
    ) {
      writer.family(name, kind, help)
      for handler in handlers { writer.sample(name, label(handler), value(handler)) }
    }
    write("transom_handler_concurrency", .gauge, "Messages that it may have at once.") { $0.concurrency }
    write("transom_handler_running", .gauge, "Messages that its programs have.") { $0.running }
    write("transom_handler_waiting", .gauge, "Messages that wait for their turn.") { $0.waiting }
    writer.family("transom_handler_messages_total", .counter, "Messages by how they ended.")
    for handler in handlers {
      for (outcome, count) in [
        ("handled", handler.handled), ("failed", handler.failed), ("postponed", handler.postponed),
      ] {
        writer.sample("transom_handler_messages_total", label(handler) + [("outcome", outcome)], count)
      }
    }
    write("transom_handler_restarts_total", .counter, "How often its worker was started again.") { $0.restarts }
    write("transom_handler_trouble", .gauge, "1 while something is wrong with it.") { $0.trouble == nil ? 0 : 1 }
    writer.family("transom_handler_seconds", .histogram, "How long messages took.")
    for handler in handlers { writer.histogram("transom_handler_seconds", label(handler), handler.times) }
  }

  private static func writeChannels(_ channels: ArraySlice<ChannelStatus>, to writer: inout MetricsWriter) {
    func write(
      _ name: String,
      _ kind: MetricsWriter.Kind,
      _ help: String,
      _ value: (ChannelStatus) -> some BinaryInteger
    ) {
      writer.family(name, kind, help + " Only of the busiest channels.")
      for channel in channels { writer.sample(name, label(channel), value(channel)) }
    }
    write("transom_channel_requests_total", .counter, "Requests that handlers were given.") { $0.requests }
    write("transom_channel_events_total", .counter, "Events that handlers were given.") { $0.events }
    write("transom_channel_failed_total", .counter, "Messages that failed.") { $0.failed }
    write("transom_channel_dead_total", .counter, "Messages that became dead letters.") { $0.dead }
    write("transom_channel_missed_total", .counter, "Messages of 1.0 programs that were not seen.") { $0.missed }
    write("transom_channel_in_flight", .gauge, "Messages that handlers have.") { $0.inFlight }
    write("transom_channel_unread", .gauge, "Messages that the reader farthest behind has not acknowledged.") {
      $0.readers.map(\.unread).max() ?? 0
    }
    writer.family(
      "transom_channel_unread_seconds",
      .gauge,
      "The age of the oldest message that a reader has not acknowledged. Only of the busiest channels."
    )
    for channel in channels {
      let age = channel.readers.compactMap(\.age).max() ?? .zero
      writer.sample("transom_channel_unread_seconds", label(channel), MetricsWriter.seconds(max(age, .zero)))
    }
  }

  private static func label(_ handler: HandlerStatus) -> [MetricsWriter.Label] {
    [("handler", handler.name), ("manner", handler.manner.rawValue)]
  }

  private static func label(_ channel: ChannelStatus) -> [MetricsWriter.Label] { [("channel", channel.path)] }

  private static func seconds(_ time: WallTime) -> String {
    MetricsWriter.seconds(.nanoseconds(Int64(clamping: time.nanoseconds)))
  }
}
