import ChannelMessages
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// What it costs that a worker answers, and not the program at the other end itself.
@Suite(.timeLimit(.minutes(2))) struct WorkerRoundTripTests {
  @Test func aWorkersAnswerTakesAtMostTwiceAsLongAsTheLibrarysOwn() async throws {
    let worker = """
      [[handler]]
      name = "echo"
      worker = ["\(try ProcessRun.peer)", "handler-worker", "plain"]
      methods = ["echo"]
      """
    try await DaemonScene.with(worker, level: "info") { scene in
      let path = scene.folder + "/alone"
      let own = try Channel(at: path, as: .frontend)
      let peer = try ProcessRun([try ProcessRun.peer, "channel-answer", path, "echo"])
      #expect(peer.line() == "ready")
      let served = try scene.channel()
      // Two programs take 40 us there and back or 80, and three 75 or 130, as the kernel places them: so it is measured
      // until both are placed alike.
      var ratio = Double.infinity
      for _ in 0..<5 where ratio > 2 {
        let medians = await onOwnThread {
          Result { try TakenTimes.medians(of: [own, served].map { channel in { try channel.askEcho() } }, batches: 7) }
        }
        let ratios = try zip(medians.get()[0], medians.get()[1]).map { Double($1) / Double($0) }.sorted()
        let middle = try medians.get().map { $0.sorted()[3] / 1_000 }
        print("a request takes \(middle[0]) us, by a worker \(middle[1]) us: \(ratios)")
        ratio = ratios[3]
      }
      #expect(ratio <= 2)
      Glibc.kill(peer.pid, SIGKILL)
      await own.close()
      await served.close()
    }
  }
}
