// A watcher that a loop drives.

internal import ChannelModel
package import ChannelSockets
package import LinuxIO
package import Transom

/// Has a loop drive the watcher of this process: what a channel gets is dealt with where the loop's sockets and children
/// are, without another thread.
///
/// To be made on the loop's thread and kept for as long as that is to drive; the watcher was told to be driven from outside.
package final class WatcherDrive: LoopLookout {
  /// For so long at most is the kernel not asked what it tells, where something was found by looking: mostly it is that.
  private static let patience = Duration.microseconds(200)

  private let watcher: Watcher
  private let loop: Loop
  private var watch: DescriptorWatch?
  /// When something was found first since the kernel was asked last.
  private var found: Moment?

  package init(_ watcher: Watcher, by loop: Loop) throws(SystemError) {
    self.watcher = watcher
    self.loop = loop
    watch = try DescriptorWatch(on: loop, watcher.descriptor, of: watcher, for: .readable, isQuiet: true) {
      [weak self] _ in self?.hear()
    }
    loop.look(with: self)
  }

  /// Asking takes twenty calls of the system, and what has come meanwhile waits for them: where it is mostly known what the
  /// answer is, that is put off.
  private func hear() {
    guard found == nil else { return }
    loop.somethingHappened()
    if !glance() { watcher.drain() }
  }

  package func glance() -> Bool {
    // What was woken on the loop itself the watcher does not know of.
    let before = loop.readyCount
    guard watcher.glance() || loop.readyCount > before else { return false }
    if found == nil { found = .now }
    return true
  }

  package func settle(isIdle: Bool) -> Bool {
    guard let found else { return false }
    guard isIdle || Moment.now.duration(since: found) >= Self.patience else { return true }
    self.found = nil
    watcher.drain()
    return false
  }
}
