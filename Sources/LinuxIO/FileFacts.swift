// What one look at a file tells.

internal import CLinux

/// Everything that `fstat` says about a file that matters here.
package struct FileFacts: Hashable, Sendable {
  package let kind: FileKind
  /// The twelve permission bits.
  package let permissions: UInt32
  package let owner: UInt32
  package let group: UInt32
  package let links: UInt64
  package let stamp: FileStamp
  /// When anything about it changed last, its name included; what is read from it does not count.
  package let changed: FileTime

  package init(
    kind: FileKind,
    permissions: UInt32,
    owner: UInt32,
    group: UInt32,
    links: UInt64,
    stamp: FileStamp,
    changed: FileTime
  ) {
    self.kind = kind
    self.permissions = permissions
    self.owner = owner
    self.group = group
    self.links = links
    self.stamp = stamp
    self.changed = changed
  }

  init(_ facts: clinux_file_facts) {
    kind = FileKind(mode: facts.mode)
    permissions = facts.mode & 0o7777
    owner = facts.owner
    group = facts.group
    links = facts.links
    stamp = FileStamp(
      device: facts.device,
      inode: facts.inode,
      size: facts.size,
      modified: FileTime(seconds: facts.modified_seconds, nanoseconds: facts.modified_nanoseconds)
    )
    changed = FileTime(seconds: facts.changed_seconds, nanoseconds: facts.changed_nanoseconds)
  }
}
