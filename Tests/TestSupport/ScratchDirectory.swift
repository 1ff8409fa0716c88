// A place for a test's files that is gone afterwards.

internal import Glibc
package import LinuxIO

/// Makes and removes scratch directories.
package enum ScratchDirectory {
  /// Where a scratch directory is made.
  package enum Ground: Sendable {
    /// A tmpfs where there is one.
    case memory
    /// A file system with a disk behind it, as a rule.
    case disk
  }

  /// Makes a directory of our own; the caller removes it.
  package static func make(on ground: Ground = .memory) throws(SystemError) -> String {
    let base: String
    switch ground {
    case .memory where unsafe access("/dev/shm", W_OK) == 0: base = "/dev/shm"
    case .disk where unsafe access("/var/tmp", W_OK) == 0: base = "/var/tmp"
    case .memory, .disk: base = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    }
    let path = "\(base)/transom-\(String(UInt64.random(in: .min ... .max), radix: 16))"
    guard unsafe mkdir(path, 0o700) == 0 else { throw SystemError("mkdir", on: path, code: errno) }
    return path
  }

  /// Removes a directory and all that is in it.
  package static func remove(_ path: String) throws(SystemError) {
    try empty(try KernelCalls.shared.openDirectory(atPath: path), KernelCalls.shared)
    guard unsafe rmdir(path) == 0 else { throw SystemError("rmdir", on: path, code: errno) }
  }

  /// Removes all that is in a directory.
  package static func empty(
    _ directory: borrowing OwnedDescriptor,
    _ calls: any FileCalls
  ) throws(SystemError) {
    for name in try calls.names(in: directory) {
      if try calls.facts(of: name, in: directory).kind == .directory {
        try empty(try calls.openDirectory(name, in: directory), calls)
        try calls.removeDirectory(name, in: directory)
      } else {
        try calls.unlink(name, in: directory)
      }
    }
  }
}

/// Runs a test's body with a directory of its own, removed on every path out.
package func withScratchDirectory<Result>(
  on ground: ScratchDirectory.Ground = .memory,
  _ body: (String) throws -> Result
) throws -> Result {
  let path = try ScratchDirectory.make(on: ground)
  defer { try? ScratchDirectory.remove(path) }
  return try body(path)
}

/// Runs a test's body with a directory of its own, removed on every path out.
package func withScratchDirectory<Result>(
  on ground: ScratchDirectory.Ground = .memory,
  _ body: (String) async throws -> Result
) async throws -> Result {
  let path = try ScratchDirectory.make(on: ground)
  defer { try? ScratchDirectory.remove(path) }
  return try await body(path)
}
