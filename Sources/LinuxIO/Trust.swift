// Whose files are believed.

/// Who may own a file in a channel directory for us to touch it.
///
/// A stranger is neither we, root nor the directory's owner, unless the directory is writable by its group and the
/// file is of that group (a container and an agent with two uids share so).
package struct Trust: Hashable, Sendable {
  package let user: UInt32
  package let directoryOwner: UInt32
  package let directoryGroup: UInt32
  package let isGroupWritable: Bool

  package init(user: UInt32, directory: FileFacts) {
    self.user = user
    directoryOwner = directory.owner
    directoryGroup = directory.group
    isGroupWritable = directory.permissions & 0o020 != 0
  }

  package func isStranger(_ facts: FileFacts) -> Bool {
    if facts.owner == user || facts.owner == 0 || facts.owner == directoryOwner { return false }
    return !(isGroupWritable && facts.group == directoryGroup)
  }

  /// Why a file is not to be touched, nil when it may be.
  package func refusal(of facts: FileFacts, limit: Int64 = .max) -> FileRefusal.Reason? {
    if let reason = FileRefusal.Reason(kind: facts.kind) { return reason }
    if isStranger(facts) { return .strangerOwner(facts.owner) }
    if facts.stamp.size > limit { return .tooLarge(facts.stamp.size, limit: limit) }
    return nil
  }
}
