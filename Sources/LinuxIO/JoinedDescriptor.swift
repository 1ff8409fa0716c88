// One number to wait on in place of several.

internal import CLinux

/// An epoll descriptor that can be read for as long as one of those that it joins can; children do not inherit it.
package final class JoinedDescriptor: Sendable {
  private let descriptor: OwnedDescriptor

  package init() throws(SystemError) {
    descriptor = OwnedDescriptor(taking: try kernelCall("epoll_create1") { clinux_epoll() })
  }

  /// The number, to wait on while this object is held.
  package var number: Int32 { descriptor.number }

  /// Joins one more, until that is closed.
  package func add(_ other: Int32) throws(SystemError) {
    _ = try kernelCall("epoll_ctl") { clinux_epoll_add(descriptor.number, other) }
  }
}
