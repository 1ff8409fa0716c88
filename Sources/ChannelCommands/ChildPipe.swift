// Pipes between us and a command.

internal import Glibc
internal import LinuxIO

/// A pipe of which one end is a child's.
struct ChildPipe: ~Copyable {
  enum Flow { case toChild, fromChild }

  let child: OwnedDescriptor
  let ours: OwnedDescriptor

  /// Makes one whose end of ours never blocks; children do not inherit either end by themselves.
  init(_ flow: Flow) throws(CommandFailure) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else {
      throw CommandFailure("no pipe is to be had: \(SystemError("pipe", code: errno).reason)")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let (ours, child) = flow == .toChild ? (ends[1], ends[0]) : (ends[0], ends[1])
    _ = fcntl(ours, F_SETFL, fcntl(ours, F_GETFL) | O_NONBLOCK)
    self.child = OwnedDescriptor(taking: child)
    self.ours = OwnedDescriptor(taking: ours)
  }
}
