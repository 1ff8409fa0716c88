// A program on a loop.

package import LinuxIO

/// A child that the loop watches: its pipes and its end are events, and it never outlives what started it.
///
/// It leads a process group. Whatever it has left running in that group when it ends by itself is killed. When it ends
/// because it was told to, those of its group who hold its standard output or error have the rest of its grace. It is
/// killed with its group when this object is let go of or the loop ends. Should the loop's thread end in any other way, as with a process that is killed, the kernel kills the
/// child, but not what it started. What leaves the group leaves all of this.
///
/// To be made and used on the loop's thread, which lives as long as the child; it may be let go of on any thread, and is
/// silent from then on.
package final class Child {
  /// What came of giving it something to read.
  package enum Giving: Sendable, Hashable {
    /// It has it, or will.
    case taken
    /// Nothing was taken, because too much waits already; `inputDrained` tells when to try again.
    case full
    /// It reads no more, was told that nothing comes, or never had an input. It may have read a beginning of it.
    case closed
  }

  private let core: ChildCore

  /// Starts a program; the loop stands still until it has begun. Throws what kept it from beginning, such as ENOENT.
  package init(
    _ plan: ChildPlan,
    limits: ChildLimits,
    on loop: Loop,
    _ onEvent: @escaping (ChildEvent) -> Void
  ) throws(SystemError) {
    core = try ChildCore(plan, limits, on: loop, onEvent)
  }

  deinit {
    core.letGo()
  }

  /// Its number. Somebody else's once it has ended.
  package var number: Int32 { core.leader.number }

  /// Gives it something to read: all of it or, while too much waits, nothing.
  package func give(_ bytes: [UInt8]) -> Giving {
    core.loop.requireOwnThread()
    return core.give(bytes)
  }

  /// Tells it that nothing comes after what it was given.
  package func closeInput() {
    core.loop.requireOwnThread()
    core.closeInput()
  }

  /// Tells it and its group to end (TERM), and kills them when it has not done so after the grace. Told twice, the
  /// shorter grace counts.
  package func terminate(grace: Duration) {
    core.loop.requireOwnThread()
    core.terminate(grace: grace)
  }

  /// Kills it and its group.
  package func kill() {
    core.loop.requireOwnThread()
    core.kill()
  }
}
