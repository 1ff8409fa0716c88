// The name at which a Unix socket is found.

internal import CLinux
internal import Glibc

/// A name in a directory that leads to a listening socket of ours: it comes to be there with the socket behind it, takes
/// the place of one that nobody listens at any more, and never that of a living one.
struct SocketFile {
  /// Somebody may put another dead one there each time.
  private static let mostAttempts = 8

  private let path: String
  private let directory: Directory
  private let name: String
  private var stamp: FileStamp?

  init(at path: String) throws(SystemError) {
    self.path = path
    let parts = path.split(separator: "/")
    guard let last = parts.last, !path.hasSuffix("/"), last != ".", last != "..", !path.utf8.contains(0) else {
      throw SystemError("bind", on: path, code: EINVAL)
    }
    // Clients could not say a longer one.
    guard path.utf8.count < 108 else { throw SystemError("bind", on: path, code: ENAMETOOLONG) }
    name = String(last)
    let before = path.dropLast(last.count)
    do {
      // The dot, because directories that are links are common, such as /var/run.
      directory = try Directory.open(before.isEmpty ? "." : before + ".")
    } catch .system(let error) {
      throw SystemError("bind", on: path, code: error.code)
    } catch {
      throw SystemError("bind", on: path, code: ENOTDIR)
    }
  }

  /// A socket that listens there: EADDRINUSE when a living one does, EEXIST when something else has the name.
  mutating func listen(permissions: UInt32) throws(SystemError) -> OwnedDescriptor {
    // Made aside and listening when it gets its name: a bound one that does not listen yet looks like a dead one.
    let aside = ".socket-" + String(UInt64.random(in: .min ... .max), radix: 16)
    // By the directory's descriptor, so that the length of its path does not matter.
    let place = "/proc/self/fd/\(directory.descriptorNumber)/\(aside)"
    let descriptor = OwnedDescriptor(
      taking: try kernelCall("bind", on: path) { unsafe clinux_listen_at_path(place, permissions) }
    )
    do throws(SystemError) {
      guard let own = try directory.facts(of: aside)?.stamp else { throw SystemError("bind", on: path, code: ENOENT) }
      stamp = own
      try publish(aside)
    } catch {
      remove(aside)
      throw SystemError("bind", on: path, code: error.code)
    }
    return descriptor
  }

  /// Gives it its name.
  private func publish(_ aside: String) throws(SystemError) {
    for _ in 0..<Self.mostAttempts {
      do {
        try directory.rename(aside, to: name, in: directory, .notReplacing)
        return
      } catch {
        guard error.code == EEXIST else { throw error }
      }
      guard let dead = try deadOne() else { continue }
      do {
        try directory.rename(aside, to: name, in: directory, .exchanging)
      } catch {
        guard error.isMissing else { throw error }
        continue
      }
      if let taken = try directory.facts(of: aside)?.stamp, taken.isSameFile(as: dead) {
        try directory.unlink(aside)
        return
      }
      // Somebody put another there after the look: it gets its place back, and is looked at as well.
      try directory.rename(aside, to: name, in: directory, .exchanging)
    }
    throw SystemError("bind", on: path, code: EADDRINUSE)
  }

  /// The socket that has the name, when nobody listens at it any more; nil when the name is free by now.
  private func deadOne() throws(SystemError) -> FileStamp? {
    guard let facts = try directory.facts(of: name) else { return nil }
    guard facts.kind == .socket else { throw SystemError("bind", on: path, code: EEXIST) }
    do {
      _ = try StreamSocket(connectedTo: "/proc/self/fd/\(directory.descriptorNumber)/\(name)")
    } catch {
      switch error.code {
      case ECONNREFUSED: return facts.stamp
      case ENOENT: return nil
      // Too many wait for a living one, it is not for us, or it speaks in another manner.
      default: break
      }
    }
    throw SystemError("bind", on: path, code: EADDRINUSE)
  }

  /// Removes the name if it still leads to our socket. To be called before that is closed: nobody takes the place of a
  /// living one between the look and the removal.
  func remove() { remove(name) }

  private func remove(_ name: String) {
    guard let stamp, let found = try? directory.facts(of: name)?.stamp, found.isSameFile(as: stamp) else { return }
    try? directory.unlink(name)
  }
}
