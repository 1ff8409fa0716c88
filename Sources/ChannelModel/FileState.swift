// What tells one state of a file from any other.

/// Tells one state of a file from any other.
package struct FileState: Hashable, Sendable {
  package let device: UInt64
  package let inode: UInt64
  package let size: UInt64
  package let seconds: Int64
  package let nanoseconds: UInt32

  package init(device: UInt64, inode: UInt64, size: UInt64, seconds: Int64, nanoseconds: UInt32) {
    self.device = device
    self.inode = inode
    self.size = size
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }
}
