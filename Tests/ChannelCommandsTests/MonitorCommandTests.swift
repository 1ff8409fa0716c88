import TestSupport
import Testing

/// The command where nothing may be written.
@Suite("A monitor's command", .timeLimit(.minutes(1))) struct MonitorCommandTests {
  private static let mounting: ConditionTrait = .enabled(
    if: MountNamespace.refusal == nil,
    "mounting is not permitted here: \(MountNamespace.refusal ?? "")"
  )

  /// Shell that shows the channel read-only at `view`, to what is run behind it alone, and runs `transom` there.
  private static func viewing(_ scene: CommandScene) throws -> [String] {
    let view = scene.folder + "/view"
    RawFiles.makeDirectory(view)
    let script =
      "mount --bind '\(scene.channel)' '\(view)' && mount -o remount,bind,ro '\(view)' && exec \"$0\" \"$@\""
    return ["unshare", "--mount", "sh", "-c", script, try CommandScene.program]
  }

  @Test(mounting) func listensThereAndChangesNothing() throws {
    try CommandScene.with { scene in
      let view = scene.folder + "/view"
      let listener = try ProcessRun(try Self.viewing(scene) + ["listen", view, "-n", "2", "-w", "20s"])
      let greeting = listener.line()
      #expect(greeting?.contains("as a monitor that changes nothing") == true, "\(greeting ?? "")")
      #expect(try scene.run("send", scene.channel, "-e", "ours").code == 0)
      #expect(listener.line()?.contains(#""method":"ours""#) == true)
      let element = #"{"id":"1","timestamp":5,"type":"event","method":"theirs","payload":null}"#
      RawFiles.replace(scene.channel + "/frontend_to_backend.json", with: "[\(element)]")
      #expect(listener.line() == element)
      #expect(listener.wait() == 0)
    }
  }

  @Test(mounting) func saysWhyNothingIsWrittenThere() throws {
    try CommandScene.with { scene in
      let view = scene.folder + "/view"
      let program = try Self.viewing(scene)
      for words in [
        ["send", view, "-e", "x"], ["request", view, "m"], ["respond", view, "--", "true"], ["clear", view],
        ["listen", view, "--reader", "w"], ["listen", view, "--group", "g"],
      ] {
        let (code, output) = try ProcessRun(["sh", "-c", #"exec "$@" 2>&1"#, "sh"] + program + words).finish()
        #expect(code == 7 && output.contains("takes writing") && output.contains("Read-only"), "\(words): \(output)")
      }
      let (code, output) = try ProcessRun(program + ["inspect", view]).finish()
      #expect(code == 0 && output.contains("may only look on, as a monitor: \(view)/.transom/"), "\(output)")
      #expect(output.contains("is given what is in the journal, and from the window"), "\(output)")
      let json = try ProcessRun(program + ["inspect", view, "--json"]).finish().output
      #expect(json.contains(#""monitor_because":"#) && json.contains(#""monitor_reads_window":true"#))
      #expect(try scene.run("inspect", scene.channel).output.contains("monitor") == false)
    }
  }
}
