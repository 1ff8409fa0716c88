import ChannelAdmin
import ChannelDaemon
import ChannelModel
import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("The text of metrics", .timeLimit(.minutes(1))) struct MetricsTextTests {
  private func channels(_ count: Int) -> [ChannelStatus] {
    (0..<count).map { number in
      var channel = ChannelStatus(path: "/run/one/c\(number)", name: "c\(number)", phase: .open)
      channel.requests = UInt64(count - number)
      channel.events = 2
      channel.inFlight = 3
      channel.readers = [
        ChannelStatus.Reader("a", .backendToFrontend, unread: 5, age: .milliseconds(1_500)),
        ChannelStatus.Reader("b", .backendToFrontend, unread: 9, age: nil),
      ]
      return channel
    }
  }

  private func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

  @Test func saysEachFigureOnceWithItsMeaningBefore() {
    let lines = lines(MetricsText.of(.sample, channels(2)))
    for line in [
      "transom_build_info{version=\"2.0.0\"} 1",
      "transom_phase{phase=\"serving\"} 1", "transom_phase{phase=\"starting\"} 0",
      "transom_start_timestamp_seconds 1700000000", "transom_configuration_loaded_timestamp_seconds 1700000001.5",
      "transom_configuration_reloads_total 2", "transom_configuration_reload_failures_total 3",
      "transom_configuration_trouble 0",
      "transom_channels 40", "transom_channels_open 5", "transom_channels_troubled 1", "transom_dead_letters 6",
      "transom_log_lines_lost_total 8", "transom_resident_memory_bytes 12345678",
      "transom_processor_seconds_total 1.25", "transom_open_descriptors 33",
      "transom_root_trouble{root=\"/run/two\"} 0",
      "transom_handler_messages_total{handler=\"words\",manner=\"worker\",outcome=\"handled\"} 1000",
      "transom_handler_restarts_total{handler=\"words\",manner=\"worker\"} 3",
      "transom_bridge_channels{bridge=\"store\",kind=\"bridge\"} 3",
      "transom_bridge_connections{bridge=\"web\",kind=\"door\"} 17",
      "transom_bridge_requests_total{bridge=\"store\",kind=\"bridge\",direction=\"out\"} 12",
      "transom_bridge_requests_total{bridge=\"store\",kind=\"bridge\",direction=\"in\"} 4",
      "transom_bridge_requests_total{bridge=\"web\",kind=\"door\",direction=\"in\"} 900",
      "transom_bridge_events_total{bridge=\"store\",kind=\"bridge\",direction=\"out\"} 56",
      "transom_bridge_events_total{bridge=\"store\",kind=\"bridge\",direction=\"in\"} 7",
      "transom_bridge_dropped_total{bridge=\"store\",kind=\"bridge\"} 5",
      "transom_bridge_refused_total{bridge=\"store\",kind=\"bridge\"} 6",
      "transom_bridge_refused_total{bridge=\"web\",kind=\"door\"} 3",
      "transom_bridge_trouble{bridge=\"store\",kind=\"bridge\"} 1",
      "transom_bridge_trouble{bridge=\"web\",kind=\"door\"} 0",
      "transom_channel_requests_total{channel=\"/run/one/c0\"} 2",
      "transom_channel_unread{channel=\"/run/one/c1\"} 9",
      "transom_channel_unread_seconds{channel=\"/run/one/c1\"} 1.5",
    ] {
      #expect(lines.count { $0 == line } == 1, "\(line)")
    }
    var known: Set<String> = []
    var kinds: [String: String] = [:]
    for line in lines {
      let words = line.split(separator: " ")
      if line.hasPrefix("# HELP ") {
        // The samples of a family stand together.
        #expect(known.insert(String(words[2])).inserted)
      } else if line.hasPrefix("# TYPE ") {
        kinds[String(words[2])] = String(words[3])
      } else {
        let name = String(line.prefix { $0 != "{" && $0 != " " })
        let family = kinds[name] == nil ? String(name.prefix(upTo: name.lastIndex(of: "_") ?? name.endIndex)) : name
        #expect(kinds[family] != nil, "\(line)")
        #expect(name.hasPrefix("transom_"))
        #expect((kinds[name] == "counter") == name.hasSuffix("_total"), "\(line)")
      }
    }
  }

  @Test func tellsOfBridgesAndDoorsOnlyWhatTheyCount() {
    var status = DaemonStatus.sample
    status.bridges.removeFirst()
    let doors = lines(MetricsText.of(status, [])).filter { $0.contains("transom_bridge_") }
    #expect(doors.contains("transom_bridge_requests_total{bridge=\"web\",kind=\"door\",direction=\"in\"} 900"))
    #expect(!doors.contains { $0.contains("direction=\"out\"") || $0.contains("_events_") || $0.contains("_dropped_") })
    status.bridges = []
    #expect(!MetricsText.of(status, []).contains("transom_bridge_"))
  }

  @Test func countsTimesInBucketsThatContainEachOther() {
    let lines = lines(MetricsText.of(.sample, []))
    func bucket(_ bound: String) -> String {
      "transom_handler_seconds_bucket{handler=\"words\",manner=\"worker\",le=\"\(bound)\"}"
    }
    for line in [
      bucket("0.00025") + " 1", bucket("0.0025") + " 1", bucket("0.005") + " 3", bucket("2.5") + " 3",
      bucket("60") + " 3", bucket("+Inf") + " 4",
      "transom_handler_seconds_sum{handler=\"words\",manner=\"worker\"} 90.0062",
      "transom_handler_seconds_count{handler=\"words\",manner=\"worker\"} 4",
    ] {
      #expect(lines.contains(line), "\(line)")
    }
  }

  @Test func namesNoMoreChannelsThanItMay() {
    let lines = lines(MetricsText.of(.sample, channels(500)))
    #expect(lines.count { $0.hasPrefix("transom_channel_requests_total{") } == 100)
    #expect(lines.contains("transom_channel_requests_total{channel=\"/run/one/c99\"} 401"))
    #expect(!lines.contains { $0.contains("/c100\"") })
  }

  @Test func namesEachRootOnceAndNoMoreThanItMay() {
    var status = DaemonStatus.sample
    status.roots += (0..<500).map { DaemonStatus.Root("/run/one/part\($0 / 2)", trouble: "x") }
    let roots = lines(MetricsText.of(status, [])).filter { $0.hasPrefix("transom_root_trouble{") }
    #expect(roots.count == 100)
    #expect(Set(roots).count == 100)
    #expect(roots.contains("transom_root_trouble{root=\"/run/two\"} 0"))
  }

  @Test func letsNoValueBreakOutOfItsLabel() {
    var status = DaemonStatus.sample
    status.roots = [DaemonStatus.Root("/a\"} 1\nfake_metric 7\r\\", trouble: "x")]
    let lines = lines(MetricsText.of(status, []))
    #expect(lines.contains("transom_root_trouble{root=\"/a\\\"} 1\\nfake_metric 7\u{FFFD}\\\\\"} 1"))
    #expect(!lines.contains { $0.hasPrefix("fake_metric") })
  }

  @Test func isReadByPrometheusOwnReader() throws {
    let script = """
      import sys
      from prometheus_client.parser import text_string_to_metric_families
      for family in text_string_to_metric_families(open(sys.argv[1], newline='').read()):
        for sample in family.samples:
          print(family.type, sample.name, sorted(sample.labels.items()), float(sample.value))
      """
    try withScratchDirectory { folder in
      let text = MetricsText.of(.sample, channels(2))
      RawFiles.write(text, to: folder + "/metrics")
      let read = try ProcessRun.run(
        "/usr/bin/env",
        "PYTHONPATH=\(Fixture.built("peers"))",
        "/usr/bin/python3",
        "-c",
        script,
        folder + "/metrics"
      )
      #expect(read.code == 0, "\(read.output)")
      let samples = lines(read.output)
      #expect(samples.count == lines(text).count { !$0.hasPrefix("#") })
      for sample in [
        "counter transom_configuration_reloads_total [] 2.0",
        "gauge transom_phase [('phase', 'serving')] 1.0",
        "histogram transom_handler_seconds_bucket [('handler', 'words'), ('le', '+Inf'), ('manner', 'worker')] 4.0",
        #"counter transom_handler_restarts_total [('handler', 'odd "name"\\with\nall'), ('manner', 'run')] 0.0"#,
        "counter transom_bridge_events_total [('bridge', 'store'), ('direction', 'in'), ('kind', 'bridge')] 7.0",
        "gauge transom_channel_unread [('channel', '/run/one/c1')] 9.0",
      ] {
        #expect(samples.contains(sample), "\(sample)")
      }
    }
  }
}
