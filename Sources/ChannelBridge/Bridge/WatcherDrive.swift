// A watcher that a loop drives.

package import ChannelSockets
package import LinuxIO
package import Transom

/// Has a loop drive the watcher of this process: what a channel gets is dealt with where the loop's sockets and children
/// are, without another thread.
///
/// To be made on the loop's thread and kept for as long as that is to drive; the watcher was told to be driven from outside.
package final class WatcherDrive {
  private let watch: DescriptorWatch

  package init(_ watcher: Watcher, by loop: Loop) throws(SystemError) {
    watch = try DescriptorWatch(on: loop, watcher.descriptor, of: watcher, for: .readable) { _ in watcher.drain() }
    loop.lookOn { watcher.glance() }
  }
}
