import ChannelMessages
import ChannelModel
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// Roots in bad places, behind the real daemon.
@Suite(.timeLimit(.minutes(2))) struct DaemonPlaceTests {
  private static let echo = """
    [[handler]]
    name = "echo"
    run = ["cat"]
    methods = ["echo"]
    """

  private static func ask(_ path: String, _ number: Int) async throws {
    let channel = try Channel(at: path, as: .frontend)
    let payload = JSONText(integer: number)
    #expect(try await channel.request("echo", payload, timeout: .seconds(20)) == payload)
    await channel.close()
  }

  /// The lock of a root goes with it, and is taken again.
  @Test func aRootThatIsMadeAnewIsServedAndStillOursAlone() async throws {
    try await DaemonScene.with(Self.echo) { scene in
      try await Self.ask(scene.root + "/a", 1)
      try await eventually { (try? ScratchDirectory.remove(scene.root)) != nil }
      RawFiles.makeDirectory(scene.root)
      try await Self.ask(scene.root + "/b", 2)
      try await eventually { RawFiles.read(scene.root + "/.transomd") != nil }
      let (code, output) = try ProcessRun.run(try DaemonScene.program, "--config", scene.configuration)
      #expect(code == 5 && output.contains("is served by another daemon (process \(scene.pid))"), "\(output)")
    }
  }

  /// Of a user who may do everything nothing can be taken away: the daemon runs as another one.
  @Test func aRootThatLosesItsRightsIsToldAndServedWhenItHasThemAgain() async throws {
    guard getuid() == 0 else {
      print("not run: only root can start the daemon as another user")
      return
    }
    let folder = try ScratchDirectory.make()
    let scene = DaemonScene(
      folder,
      Self.echo,
      prefix: ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    )
    RawFiles.makeDirectory(scene.root)
    RawFiles.makeDirectory(scene.root + "/deep")
    for path in [folder, scene.configuration, scene.root, scene.root + "/deep"] {
      RawFiles.setOwner(path, user: 65_534, group: 65_534)
    }
    try scene.start()
    RawFiles.setPermissions(scene.root + "/deep", to: 0)
    RawFiles.makeDirectory(scene.root + "/deep/channel")
    RawFiles.write("{}", to: scene.root + "/deep/channel/.channel_info")
    RawFiles.setOwner(scene.root + "/deep/channel", user: 65_534, group: 65_534)
    // A daemon that begins now meets it without rights; one that was there before has its watch and goes on.
    try scene.kill(SIGTERM)
    try scene.start()
    #expect(scene.moment(of: "/deep", "Permission denied") != nil, "\(scene.said.suffix(5))")
    RawFiles.setPermissions(scene.root + "/deep", to: 0o700)
    #expect(scene.moment(of: "can be looked at again", "/deep") != nil)
    #expect(scene.moment(of: "appeared", "/deep/channel") != nil)
    try scene.kill()
    try await DaemonScene.remove(folder)
  }

  /// Where there is no room no answer can be sent; when there is, everything goes on.
  @Test func aFullFileSystemIsToldAndServedAgainOnceThereIsRoom() async throws {
    if let refusal = MountNamespace.refusal {
      print("not run, since this user may not mount: \(refusal)")
      return
    }
    let folder = try ScratchDirectory.make()
    let script = "mkdir -p \(folder)/root && mount -t tmpfs -o size=2m none \(folder)/root && exec \"$@\""
    let scene = DaemonScene(folder, Self.echo, prefix: ["unshare", "--mount", "sh", "-c", script, "sh"])
    try scene.start()
    let root = "/proc/\(scene.pid)/root\(scene.root)"
    let path = root + "/channel"
    try await Self.ask(path, 1)
    let channel = try Channel(at: path, as: .frontend)
    let receipt = try await channel.send("note", JSONText(integer: 1))
    // Until there is no room for another byte.
    _ = try ProcessRun.run("sh", "-c", "head -c 4194304 /dev/zero > \(root)/fill")
    let full = await #expect(throws: ChannelError.self) {
      for _ in 0..<1_000 {
        _ = try await channel.send("note", JSONText(trusted: Array("\"\(String(repeating: "y", count: 4_000))\"".utf8)))
      }
    }
    #expect(full != nil && receipt.number > 0)
    await channel.close()
    // It has to say something in a channel that it opens now.
    #expect(
      scene.moment(of: "No space left on device") != nil || full?.what.contains("No space") == true,
      "\(scene.said.suffix(4))"
    )
    RawFiles.remove(root + "/fill")
    try await Self.ask(path, 2)
    try scene.kill()
    try await DaemonScene.remove(folder)
  }

  /// What is mounted from user space, or from afar, tells inotify nothing of what others write: such a root is looked at.
  @Test func aRootOnAMountThatInotifyCannotSeeIsLookedAtInstead() async throws {
    let folder = try ScratchDirectory.make()
    let real = folder + "/real"
    RawFiles.makeDirectory(real)
    RawFiles.makeDirectory(folder + "/root")
    let mount = [
      "unshare", "--mount", "sh", "-c", "bindfs --no-allow-other \(real) \(folder)/root && exec \"$@\"", "sh",
    ]
    let (code, output) = try ProcessRun(mount + ["true"]).finish()
    guard code == 0 else {
      print("not run, since nothing can be mounted from user space here: \(output)")
      return try await DaemonScene.remove(folder)
    }
    let scene = DaemonScene(folder, Self.echo, prefix: mount)
    try scene.start()
    // Made at the real place, of which the mount tells nobody.
    RawFiles.makeDirectory(real + "/channel")
    RawFiles.write("{}", to: real + "/channel/.channel_info")
    #expect(scene.moment(of: "appeared", "/channel") != nil, "\(scene.said.suffix(4))")
    let request = """
      [{"id": "r-1", "timestamp": \(ChannelFolder.wallClock().milliseconds), "type": "request", "method": "echo", "payload": 7}]
      """
    RawFiles.write(request, to: real + "/channel/new")
    #expect(RawFiles.rename(real + "/channel/new", to: real + "/channel/frontend_to_backend.json"))
    try await eventually {
      RawFiles.read(real + "/channel/backend_to_frontend.json")?.contains("\"reply_to\":\"r-1\"") == true
    }
    try scene.kill(SIGTERM)
    try await DaemonScene.remove(folder)
  }

  /// Channels that were removed while their requests are at handlers keep no other from being served.
  @Test func channelsThatAreRemovedWhileTheyAreServedKeepNoOtherWaiting() async throws {
    let slow = """
      [[handler]]
      name = "slow"
      run = ["sh", "-c", "echo >> FOLDER/begun; while test ! -e FOLDER/go; do :; done; cat"]
      methods = ["slow"]
      concurrency = 16

      """
    try await DaemonScene.with(Self.echo + "\n" + slow) { scene in
      let names = (0..<10).map { "slow-\($0)" }
      let channels = try names.map { try scene.channel($0) }
      let askers = channels.map { channel in
        Task { try? await channel.request("slow", .null, timeout: .seconds(20)) as JSONText }
      }
      try await eventually { RawFiles.read(scene.folder + "/begun")?.count == names.count }
      for name in names {
        try await eventually { (try? ScratchDirectory.remove("\(scene.root)/\(name)")) != nil }
        RawFiles.makeDirectory("\(scene.root)/\(name)")
        RawFiles.write("{}", to: "\(scene.root)/\(name)/.channel_info")
        RawFiles.write("[{}]", to: "\(scene.root)/\(name)/frontend_to_backend.json")
      }
      try await Self.ask(scene.root + "/other", 1)
      RawFiles.write("", to: scene.folder + "/go")
      for asker in askers { _ = await asker.value }
      for channel in channels { await channel.close() }
    }
  }

  /// In /tmp anybody may have made what has the daemon's name.
  @Test func aRootInTheSharedFolderThatIsSomebodyElsesIsRefused() async throws {
    guard getuid() == 0 else {
      print("not run: only root can start the daemon as another user")
      return
    }
    let user: UInt32 = 54_321
    let folder = "/tmp/transom-\(user)"
    RawFiles.makeDirectory(folder)
    defer { _ = try? ScratchDirectory.remove(folder) }
    let prefix = ["env", "-i", "setpriv", "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups"]
    let (code, output) = try ProcessRun(prefix + [try DaemonScene.program]).finish()
    #expect(code == 7 && output.contains(folder), "\(code) \(output)")
    RawFiles.setPermissions(folder, to: 0o777)
    let (again, text) = try ProcessRun(prefix + [try DaemonScene.program]).finish()
    #expect(again == 7 && text.contains("belongs to somebody else"), "\(again) \(text)")
  }

  /// Where its socket is to be there may be nothing yet, and its root somewhere else.
  @Test func theFolderOfItsSocketIsMadeForItsOwnerAlone() async throws {
    let folder = try ScratchDirectory.make()
    let scene = DaemonScene(folder, "")
    scene.write(
      """
      roots = ["root"]
      log.form = "json"
      state.directory = "state"
      admin.socket = "run/transom/admin.sock"
      """
    )
    try scene.start()
    let place = folder + "/run/transom"
    let (code, output) = try ProcessRun.run("stat", "-c", "%a", folder + "/run", place)
    #expect(code == 0 && output == "700\n700\n", "\(output)")
    #expect(RawFiles.exists(place + "/admin.sock"))
    try scene.kill(SIGTERM)
    try await DaemonScene.remove(folder)
  }
}
