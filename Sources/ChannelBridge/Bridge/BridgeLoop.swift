// Where bridges live.

package import ChannelSockets
internal import LinuxIO
package import Transom

/// A loop on a thread of its own that drives the watcher of this process too: what a channel gets is on its way to a socket
/// without another thread.
package final class BridgeLoop: Sendable {
  package let loop: Loop
  private let holder: Holder

  /// What the loop calls; it is made and let go of there.
  private actor Holder {
    nonisolated let loop: Loop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
    private var drive: WatcherDrive?

    init(_ loop: Loop) {
      self.loop = loop
    }

    func drive(_ watcher: Watcher) throws(SystemError) {
      drive = try WatcherDrive(watcher, by: loop)
    }
  }

  /// Starts it; the watcher is driven by nobody else yet.
  package init(driving watcher: Watcher) async throws {
    try watcher.driveFromOutside()
    loop = try Loop.start("bridge")
    holder = Holder(loop)
    try await holder.drive(watcher)
  }
}
