// Why a place cannot be had.

internal import Glibc

/// What stands in the way where somebody is to listen or a FIFO is to be, in words that name no call, and what to do about
/// it; who tells it may add that another place would do.
package struct PlaceFault: Hashable, Sendable {
  package let what: String
  package let remedy: String

  private init(_ what: String, _ remedy: String) {
    self.what = what
    self.remedy = remedy
  }

  /// Why one cannot listen: at this port, or at a path, which the error names; nil where the system's own words say it
  /// best.
  package init?(listening error: SystemError, atPort port: UInt16?) {
    guard error.call == "bind" else { return nil }
    switch (error.code, port) {
    case (EADDRINUSE, _): self.init("another program listens here", "end that program")
    case (EADDRNOTAVAIL, _):
      self.init("this machine has no such address", "write 127.0.0.1, or 0.0.0.0 for all that it has")
    case (EACCES, let port?), (EPERM, let port?):
      let remedy = "let users listen there: sysctl net.ipv4.ip_unprivileged_port_start=\(port)"
      self.init("this user may not listen at port \(port)", remedy)
    case (_, nil): self.init(error.code, at: error.subject, "socket")
    case (_, _?): return nil
    }
  }

  /// Why a FIFO is not to be had; nil where the system's own words say it best.
  package init?(makingFifo error: SystemError) {
    guard error.call == "mkfifo" else { return nil }
    self.init(error.code, at: error.subject, "FIFO")
  }

  private init?(_ code: Int32, at path: String, _ kind: String) {
    let folder = Self.folder(of: path)
    switch code {
    case EEXIST: self.init("\(path) is there, and is no \(kind)", "remove it")
    case ENOENT: self.init("there is no directory \(folder) for the \(kind)", "mkdir -p \(folder)")
    case ENOTDIR: self.init("\(folder) is no directory", "look at the path")
    case ENAMETOOLONG: self.init("the path is too long for a \(kind)", "use a shorter one")
    case EACCES, EPERM:
      self.init("this user may make no \(kind) in the directory \(folder)", "give this user the right to it")
    default: return nil
    }
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
