// Pipes between us and a child.

internal import CLinux
internal import Glibc

/// Both ends of a pipe. Children inherit neither by themselves.
struct Pipe: ~Copyable {
  let reading: OwnedDescriptor
  let writing: OwnedDescriptor

  init() throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    _ = try kernelCall("pipe2") { unsafe clinux_pipe(&ends) }
    reading = OwnedDescriptor(taking: ends[0])
    writing = OwnedDescriptor(taking: ends[1])
  }

  /// Makes calls on one end never wait. The other end is not touched: a child does not expect that of its streams.
  static func makeNonBlocking(_ end: borrowing OwnedDescriptor) {
    _ = fcntl(end.number, F_SETFL, fcntl(end.number, F_GETFL) | O_NONBLOCK)
  }
}
