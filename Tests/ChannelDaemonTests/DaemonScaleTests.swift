import ChannelMessages
import ChannelModel
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// Ten thousand channels.
@Suite(.timeLimit(.minutes(5))) struct DaemonScaleTests {
  private static func handlers() throws -> String {
    """
    [[handler]]
    name = "echo"
    worker = ["\(try ProcessRun.peer)", "handler-worker", "plain"]
    methods = ["echo"]
    events = ["nothing"]
    """
  }

  private static func megabytes(of pid: Int32) -> Int {
    let pages = RawFiles.read("/proc/\(pid)/statm")?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return (pages ?? 0) * 4 / 1_024
  }

  private static func makeChannels(_ names: Range<Int>, in root: String) {
    for number in names {
      RawFiles.makeDirectory("\(root)/\(number)")
      RawFiles.write("{}", to: "\(root)/\(number)/.channel_info")
    }
  }

  private static func withDaemon(channels count: Int, _ body: (DaemonScene, UInt64) async throws -> Void) async throws {
    let folder = try ScratchDirectory.make()
    let scene = DaemonScene(folder, try handlers(), level: "info")
    RawFiles.makeDirectory(scene.root)
    makeChannels(0..<count, in: scene.root)
    let begin = KernelClock.sinceBoot()
    do {
      try scene.start()
      try await body(scene, (KernelClock.sinceBoot() - begin) / 1_000_000)
    } catch {
      try? scene.kill()
      try await DaemonScene.remove(folder)
      throw error
    }
    try scene.kill(SIGTERM)
    try await DaemonScene.remove(folder)
  }

  @Test func tenThousandIdleOnesCostLittle() async throws {
    try await Self.withDaemon(channels: 10_000) { scene, start in
      // At rest once hardly anything was done for three seconds.
      var last = (used: ProcessorTime.of(scene.pid), since: Moment.now)
      try await eventually(within: .seconds(100)) {
        let now = ProcessorTime.of(scene.pid)
        if now - last.used > .milliseconds(6) { last = (now, .now) }
        return Moment.now.duration(since: last.since) >= .seconds(3)
      }
      // What it uses by itself shows in time alone: twice that of the slow sweep.
      let (before, begin) = (ProcessorTime.of(scene.pid), Moment.now)
      try await eventually(within: .seconds(90)) { Moment.now.duration(since: begin) >= .seconds(60) }
      let share = (ProcessorTime.of(scene.pid) - before) / Moment.now.duration(since: begin)
      let memory = Self.megabytes(of: scene.pid)
      print("10,000 idle channels: serving after \(start) ms, \(memory) MB, \(share * 100) % of a processor in 60 s")
      #expect(start < 2_000 && memory < 60)
      #expect(share > 0 && share < 0.001)
    }
  }

  /// A message wakes the daemon, is handled, and answered: what there is beside that channel makes no difference.
  @Test func oneOfTenThousandIsServedAsSoonAsALoneOne() async throws {
    try await Self.withDaemon(channels: 1) { lone, _ in
      try await Self.withDaemon(channels: 10_000) { many, _ in
        let channels = try [lone, many].map { try $0.channel("0") }
        // What else runs on the machine costs one of them more than the other: so a few times, until it is quiet.
        var ratio = Double.infinity
        for _ in 0..<5 where ratio > 1.1 {
          let medians = await onOwnThread {
            Result { try TakenTimes.medians(of: channels.map { channel in { try channel.askEcho() } }, batches: 9) }
          }
          let ratios = try zip(medians.get()[0], medians.get()[1]).map { Double($1) / Double($0) }.sorted()
          print("a request to one of 10,000 channels takes \(ratios[4]) x that to a lone one: \(ratios)")
          ratio = ratios[4]
        }
        #expect(ratio <= 1.1)
        for channel in channels { await channel.close() }
      }
    }
  }
}
