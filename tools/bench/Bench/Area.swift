// Where the contenders' files lie.

internal import Glibc
internal import LinuxIO
internal import Synchronization

/// A directory for the directories of the contenders. Whoever started the bench removes it.
final class Area: Sendable {
  let path: String
  /// The kind of file system.
  let kind: String
  private let count = Atomic(0)

  init(_ path: String) throws {
    self.path = path
    let directory = try KernelCalls.shared.openDirectory(atPath: path)
    kind = try KernelCalls.shared.fileSystem(of: directory).name
  }

  /// A new directory for one contender.
  func newFolder() throws -> String {
    let number = count.add(1, ordering: .relaxed).newValue
    let folder = "\(path)/\(getpid())-\(number)"
    guard unsafe mkdir(folder, 0o700) == 0 else { throw SystemError("mkdir", on: folder, code: errno) }
    return folder
  }
}
