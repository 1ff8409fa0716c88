// The rights that files get from the directory they are made in.

internal import Glibc

/// A directory's permissions and group, to be given to what is made in it.
///
/// Nobody gets more than the directory gives, not even for an instant: a file starts with what is safe and is widened.
struct FileRights: Hashable, Sendable {
  let permissions: UInt32
  let group: UInt32

  init(of directory: FileFacts) {
    permissions = directory.permissions
    group = directory.group
  }

  private var isSharedByGroup: Bool { permissions & 0o020 != 0 && permissions & 0o002 == 0 }

  /// What a file is made with: nothing for the group as long as that may be another than the directory's.
  var atCreation: UInt32 {
    // Whether the group is right is nothing to ask for where it gets nothing.
    guard permissions & 0o060 != 0 else { return permissions & 0o606 }
    let groupIsRight = permissions & UInt32(S_ISGID) != 0 || getegid() == group
    return permissions & (groupIsRight ? 0o666 : 0o606)
  }

  /// Gives a new file the directory's group, and its permissions less execution; says what it has then.
  func giveToFile(
    _ file: borrowing OwnedDescriptor,
    looking facts: FileFacts,
    _ calls: any FileCalls
  ) throws(SystemError) -> FileFacts {
    try give(permissions & 0o666, to: file, looking: facts, calls)
  }

  func giveToDirectory(
    _ directory: borrowing OwnedDescriptor,
    looking facts: FileFacts,
    _ calls: any FileCalls
  ) throws(SystemError) {
    _ = try give(permissions, to: directory, looking: facts, calls)
  }

  private func give(
    _ wanted: UInt32,
    to file: borrowing OwnedDescriptor,
    looking facts: FileFacts,
    _ calls: any FileCalls
  ) throws(SystemError) -> FileFacts {
    var wanted = wanted
    var given = facts.group
    if facts.group != group {
      do {
        // Before the permissions: a change of group takes set-group-id away.
        try calls.setGroup(file, to: group)
        given = group
      } catch let error where error.code == EPERM && !isSharedByGroup {
        // We are not of that group, and it has no more right to write here than all others: ours gets what those get.
        // Where the group alone writes here, sharing is meant and failing to share is an error.
        wanted = wanted & ~0o070 | (wanted & 0o007) << 3
      }
    }
    if facts.permissions != wanted {
      do {
        try calls.setPermissions(file, to: wanted)
      } catch let error where (error.code == EPERM || error.code == EOPNOTSUPP) && facts.permissions & ~wanted == 0 {
        // A file system without permissions of its own; it gives no more than was wanted.
        wanted = facts.permissions
      }
    }
    return FileFacts(
      kind: facts.kind,
      permissions: wanted,
      owner: facts.owner,
      group: given,
      links: facts.links,
      stamp: facts.stamp,
      changed: facts.changed
    )
  }
}
