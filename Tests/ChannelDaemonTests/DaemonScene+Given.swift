// Daemons that are begun with sockets, as systemd does.

import Glibc
import TestSupport
import Testing

extension DaemonScene {
  /// A daemon that is begun with sockets, each as `NAME=ADDRESS`.
  static func with(
    given sockets: [String],
    _ configuration: String,
    _ body: (DaemonScene) async throws -> Void
  ) async throws {
    let folder = try ScratchDirectory.make()
    let prefix = [try ProcessRun.peer, "socket-give"] + sockets.map { placed($0, in: folder) } + ["--"]
    try await DaemonScene(folder, configuration, prefix: prefix).run(body)
  }

  /// What a daemon says that does not begin with this socket, or that only looks at its configuration, and its status.
  /// `isForEverybody` has the socket be one to which every user may write, as systemd makes them.
  static func refusal(
    given socket: String,
    _ configuration: String,
    _ words: [String] = [],
    isForEverybody: Bool = false
  ) throws -> (Int32, String) {
    try withScratchDirectory { folder in
      try TestCertificates.write(to: folder)
      let scene = DaemonScene(folder, configuration)
      let shell = ["/bin/sh", "-c", "umask \(isForEverybody ? "000" : "077"); exec \"$@\"", "sh"]
      let command = shell + [try ProcessRun.peer, "socket-give", placed(socket, in: folder), "--", try program]
      let (code, output) = try ProcessRun(command + words + ["--config", scene.configuration]).finish()
      return (code, output)
    }
  }

  private static func placed(_ socket: String, in folder: String) -> String {
    socket.split(separator: "FOLDER", omittingEmptySubsequences: false).joined(separator: folder)
  }

  /// Has it go by another configuration, the so manieth one.
  func reload(_ configuration: String, extraRoots: [String] = [], times count: Int) {
    configure(configuration, extraRoots: extraRoots)
    signal(SIGHUP)
    #expect(hasSaid(#""message":"reloaded""#, times: count))
  }
}
