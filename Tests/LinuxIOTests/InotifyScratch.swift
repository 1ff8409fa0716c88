// A directory to change things in.

import Glibc
import LinuxIO
import TestSupport

/// A new directory under /tmp, removed with everything in it when the test lets go of it.
final class InotifyScratch: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/linuxio-tests-XXXXXX".utf8CString)
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer -> String? in
      guard let start = buffer.baseAddress, unsafe mkdtemp(start) != nil else { return nil }
      return unsafe String(cString: start)
    }
    guard let made else { throw SystemError("mkdtemp", code: errno) }
    path = made
  }

  deinit {
    _ = try? ProcessRun.run("rm", "-rf", path)
  }

  func path(of name: String) -> String { "\(path)/\(name)" }

  @discardableResult
  func makeDirectory(_ name: String) throws -> String {
    let directory = path(of: name)
    guard unsafe mkdir(directory, 0o700) == 0 else { throw SystemError("mkdir", on: directory, code: errno) }
    return directory
  }

  func removeDirectory(_ name: String) throws {
    guard unsafe rmdir(path(of: name)) == 0 else { throw SystemError("rmdir", on: name, code: errno) }
  }

  func move(_ name: String, to other: String) throws {
    guard unsafe rename(path(of: name), path(of: other)) == 0 else {
      throw SystemError("rename", on: name, code: errno)
    }
  }

  /// Makes an empty file; a name is bytes, not text.
  func touch(_ name: some Sequence<UInt8>) throws {
    let bytes = (Array(path.utf8) + [UInt8(ascii: "/")] + name + [0]).map { CChar(bitPattern: $0) }
    let file = unsafe open(bytes, O_CREAT | O_WRONLY, 0o600)
    guard file >= 0 else { throw SystemError("open", on: path, code: errno) }
    close(file)
  }

  func touch(_ name: String) throws { try touch(name.utf8) }
}

extension Inotify {
  /// Everything there is, waiting first until there is something.
  func next(within limit: Duration = .seconds(20)) throws -> [InotifyEvent] {
    guard try Readiness.wait(on: [descriptor], for: limit) != .timedOut else { return [] }
    var events: [InotifyEvent] = []
    while try drain(into: &events) {}
    return events
  }

  /// Collects until such an event has come.
  func events(until isLast: (InotifyEvent) -> Bool) throws -> [InotifyEvent] {
    var events: [InotifyEvent] = []
    while !events.contains(where: isLast) {
      let more = try next()
      if more.isEmpty { break }
      events += more
    }
    return events
  }
}
