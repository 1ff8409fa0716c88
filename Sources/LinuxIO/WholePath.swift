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
}
