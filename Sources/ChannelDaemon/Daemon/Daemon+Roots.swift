// The daemon's roots, and that nobody else serves them.

internal import ChannelModel
internal import Transom

extension Daemon {
  /// Takes roots again that were made anew under the daemon: their locks went with them. Where another daemon was faster
  /// that one serves, and ours does once it has ended.
  func tendRoots() {
    for root in configuration.roots where lostRoots.contains(root) || roots[root]?.isThere == false {
      do throws(ChannelError) {
        roots[root] = try RootLock(root, mayWait: false)
        if !lostRoots.contains(root) { log.say(.warning, .channels, "was made anew", [.init("root", root)]) }
        guard lostRoots.remove(root) != nil else { continue }
        log.say(.info, .daemon, "is ours again", [.init("root", root)])
        rootTroubles[root] = nil
        finder?.add(root: root)
      } catch {
        // One that is missing is looked for again.
        guard error.code == .lockTimeout, lostRoots.insert(root).inserted else { continue }
        log.say(.error, .daemon, "\(error)")
        rootTroubles[root] = error.what
        finder?.remove(root: root)
      }
    }
  }
}
