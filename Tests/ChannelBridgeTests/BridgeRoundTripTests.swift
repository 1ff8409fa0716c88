import ChannelMessages
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// What it costs that a program at a socket answers, and not one at the channel itself.
@Suite(.timeLimit(.minutes(2))) struct BridgeRoundTripTests {
  private static func ask(_ channel: Channel) throws {
    let answer: JSONText = try channel.request("echo", 7, timeout: .seconds(10))
    guard answer == 7 else { throw ChannelError(.damaged, at: channel.path, "another answer came") }
  }

  @Test func addsAtMostSixtyMicroseconds() async throws {
    try await BridgeScene.with { scene in
      let bare = try Channel(at: scene.folder + "/bare", as: .frontend)
      let near = try ProcessRun([try ProcessRun.peer, "channel-answer", scene.folder + "/bare", "echo"])
      let far = try ProcessRun([try ProcessRun.peer, "lines-answer", scene.socketPath])
      #expect(near.line() == "ready" && far.line() == "ready")
      scene.awaitLine("connected")
      let bridged = try scene.open()
      // The kernel places four programs on the processors that there are, now well and now badly: the batches take turns,
      // and the one in the middle counts.
      let medians = try await onOwnThread {
        Result { try TakenTimes.medians(of: [{ try Self.ask(bare) }, { try Self.ask(bridged) }], batches: 31) }
      }.get()
      let added = zip(medians[0], medians[1]).map { Int64($1) - Int64($0) }.sorted()[15]
      let (less, more) = (medians[0].sorted()[15] / 1_000, medians[1].sorted()[15] / 1_000)
      print("a request takes \(less) us, over the bridge \(more) us, \(added / 1_000) us more")
      #expect(added <= 60_000)
      for run in [near, far] { Glibc.kill(run.pid, SIGKILL) }
      await bare.close()
      await bridged.close()
    }
  }
}
