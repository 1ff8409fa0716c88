// Paths as they hold from every directory.

internal import Glibc

/// Finds out where a path leads.
package enum WholePath {
  /// The path from the root, without links and dots; nil when it leads nowhere.
  package static func of(_ path: String) -> String? {
    guard let whole = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(whole) }
    return unsafe String(cString: whole)
  }

  /// The path from the root as it is spelled, leading anywhere or nowhere: without what means nothing, so that a
  /// directory is named alike however it is written. Links stay, and so does a dot at the end: it follows a symbolic
  /// link, which is else refused there.
  package static func spelled(_ path: String) throws(SystemError) -> String {
    let whole = path.isEmpty || path.hasPrefix("/") ? path : "\(try current())/\(path)"
    let names = whole.split(separator: "/")
    guard whole.hasPrefix("/"), !names.isEmpty else { return whole }
    let kept = names.dropLast().filter { $0 != "." } + names.suffix(1)
    return "/" + kept.joined(separator: "/")
  }

  private static func current() throws(SystemError) -> String {
    guard let current = unsafe getcwd(nil, 0) else { throw SystemError("getcwd", code: errno) }
    defer { unsafe free(current) }
    return unsafe String(cString: current)
  }
}
