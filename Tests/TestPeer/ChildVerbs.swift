// What the peer does with children of its own.

internal import ChannelSockets
internal import Glibc
internal import LinuxIO

/// `child-hold`: starts a child on a loop, says its number, and holds it for good.
func childHold(_ arguments: [String]) throws {
  let loop = try Loop()
  loop.perform {
    do {
      let plan = ChildPlan("/bin/tail", ["tail", "-f", "/dev/null"], environment: ["PATH=/usr/bin:/bin"])
      let child = try Child(plan, limits: .unlimited, on: loop) { _ in }
      print(child.number)
      // At once, since whoever reads this acts upon it.
      fflush(nil)
      // Held for as long as the process is there, which is until somebody kills it.
      unsafe _ = Unmanaged.passRetained(child)
    } catch {
      print("error: \(error)")
      loop.stop()
    }
  }
  loop.run()
}
