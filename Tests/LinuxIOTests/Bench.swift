// A channel's worth of directories for a test of publishing and locking.

import Glibc
import LinuxIO
import TestSupport
import Testing

/// A window and a staging directory below a scratch directory.
struct Bench {
  let path: String
  let directory: Directory
  let staging: Staging
  let window: AtomicFile

  /// Opens them, making the staging directory when it is missing.
  init(_ path: String, calls: any FileCalls = KernelCalls.shared) throws {
    self.path = path
    directory = try Directory.open(path, calls: calls)
    if try directory.facts(of: "staging") == nil { _ = try directory.makeSubdirectory("staging") }
    staging = Staging(try directory.subdirectory("staging"))
    window = AtomicFile("window.json", in: directory, staging: staging, keepsSpares: true)
  }

  var windowPath: String { path + "/window.json" }

  /// Puts a window there by plain calls and tells what it is known by.
  func putWindow(_ text: String) throws -> FileStamp {
    RawFiles.write(text, to: windowPath)
    return try #require(try directory.facts(of: "window.json")).stamp
  }

  func stage(_ text: String, isHeldOpen: Bool = false) throws -> StagedFile {
    try window.stage(
      [Array(text.utf8)[...]],
      modified: FileTime(seconds: 1_700_000_000, nanoseconds: 123_456_789),
      isHeldOpen: isHeldOpen
    )
  }

  /// Stages and publishes in one go.
  func publish(_ text: String, expecting expected: FileStamp?) throws -> Publication {
    try window.publish(try stage(text), expecting: expected)
  }

  /// What is in staging, once what could not be removed was tried again.
  func stagedNames() throws -> [String] {
    staging.removeLeftovers()
    return try staging.directory.names()
  }
}

extension Publication {
  var isCreated: Bool { if case .created = self { true } else { false } }
  var replacedStamp: FileStamp? { if case .replaced(let stamp) = self { stamp } else { nil } }
  var displacedFile: DisplacedFile? { if case .displaced(let file) = self { file } else { nil } }
}

extension DisplacedFile {
  func text() throws -> String {
    String(decoding: try open(limit: 1 << 20).readAll(limit: 1 << 20), as: UTF8.self)
  }
}

/// What can stand where a regular file belongs.
enum Intruder: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case symlink, fifo, socket, directory

  var testDescription: String { rawValue }

  /// Puts it there; a symbolic link leads to a file called `victim` beside it.
  func stand(at path: String) {
    switch self {
    case .symlink:
      let victim = path + ".victim"
      RawFiles.write("untouched", to: victim)
      RawFiles.makeSymlink(path, to: victim)
    case .fifo: RawFiles.makeFIFO(path)
    case .socket: RawFiles.makeSocket(path)
    case .directory: RawFiles.makeDirectory(path)
    }
  }

  func isUntouched(at path: String) -> Bool {
    self != .symlink || RawFiles.read(path + ".victim") == "untouched"
  }

  var kind: FileKind {
    switch self {
    case .symlink: .symlink
    case .fifo: .fifo
    case .socket: .socket
    case .directory: .directory
    }
  }

  var reason: FileRefusal.Reason {
    switch self {
    case .symlink: .symlink
    case .fifo: .fifo
    case .socket: .socket
    case .directory: .directory
    }
  }
}
