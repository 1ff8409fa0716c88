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
  private let watcher: Watcher
  private let loop: Loop
  private var watch: DescriptorWatch?
  /// Asking the kernel what happened takes twenty calls, for which what comes meanwhile has to wait: so that is put off
  /// where a look has found something, since mostly it is that.
  private var asking = Deferral()

  package init(_ watcher: Watcher, by loop: Loop) throws(SystemError) {
    self.watcher = watcher
    self.loop = loop
    watch = try DescriptorWatch(on: loop, watcher.descriptor, of: watcher, for: .readable, isQuiet: true) {
      [weak self] _ in self?.hear()
    }
    loop.look(with: self)
  }

  private func hear() {
    if asking.isOn { return }
    loop.somethingHappened()
    if !glance() { watcher.drain() }
  }

  package func glance() -> Bool {
    // What was woken on the loop itself the watcher does not know of.
    let before = loop.readyCount
    guard watcher.glance() || loop.readyCount > before else { return false }
    asking.begin(at: .now)
    return true
  }

  package func settle(isIdle: Bool) -> Bool {
    guard asking.isOn else { return false }
    guard asking.ends(isIdle: isIdle, at: .now) else { return true }
    watcher.drain()
    return false
  }
}
