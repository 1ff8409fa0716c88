// What tells one version of a file from another.

/// A version of a file: which inode, how long, and when it was last written.
///
/// Two equal stamps mean the same bytes only while the inode is known not to have been handed out again (hold it
/// open: ext4 gives a removed file's number to the next one) and the times are known to differ between versions.
package struct FileStamp: Hashable, Sendable {
  package let device: UInt64
  package let inode: UInt64
  package let size: Int64
  package let modified: FileTime

  package init(device: UInt64, inode: UInt64, size: Int64, modified: FileTime) {
    self.device = device
    self.inode = inode
    self.size = size
    self.modified = modified
  }

  /// Whether both are versions of one and the same inode.
  package func isSameFile(as other: FileStamp) -> Bool {
    device == other.device && inode == other.inode
  }
}
