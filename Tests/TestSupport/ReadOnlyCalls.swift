// A file layer under which nothing can be written, for whoever may write everywhere.

package import LinuxIO
internal import Glibc
internal import Synchronization

/// Refuses, as a read-only file system does, what would change anything; takes note of what was tried and opened.
package final class ReadOnlyCalls: InterposedCalls {
  package let below: any FileCalls
  private let code: Int32
  private let noted = Mutex<(refused: [String], opened: [String])>(([], []))

  package init(refusingWith code: Int32 = EROFS, over below: any FileCalls = KernelCalls.shared) {
    self.below = below
    self.code = code
  }

  /// What would have changed something, each with its name.
  package var refused: [String] { noted.withLock { $0.refused } }

  /// The names of the files that were opened.
  package var opened: [String] { noted.withLock { $0.opened } }

  private static let changes: Set<FileCall> = [
    .create, .write, .gather, .truncate, .setModified, .setPermissions, .setGroup, .sync, .syncData, .rename, .exchange,
    .renameToFree, .link, .unlink, .makeDirectory, .removeDirectory, .lock,
  ]

  package func admit(_ call: FileCall, _ subject: String) throws(SystemError) -> Int? {
    guard Self.changes.contains(call) else { return nil }
    noted.withLock { $0.refused.append("\(call.rawValue) \(subject)") }
    throw SystemError(call.rawValue, on: subject, code: code)
  }

  package func open(
    _ name: String,
    in directory: borrowing OwnedDescriptor,
    for access: FileAccess
  ) throws(SystemError) -> OwnedDescriptor {
    noted.withLock { $0.opened.append(name) }
    guard access == .reading else {
      noted.withLock { $0.refused.append("open \(name)") }
      throw SystemError("openat", on: name, code: code)
    }
    return try below.open(name, in: directory, for: access)
  }

  package func flushed(_ file: borrowing OwnedDescriptor) {}
}
