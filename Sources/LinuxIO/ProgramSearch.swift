// Where programs are.

internal import Glibc

/// Finds programs as a shell does, so that a mistyped one is told at the start.
package enum ProgramSearch {
  /// The program's path; nil when there is none that may be run.
  package static func find(_ name: String) -> String? {
    if name.isEmpty { return nil }
    if name.contains("/") { return isProgram(name) ? name : nil }
    let path = ProcessEnvironment.value(of: "PATH") ?? "/usr/local/bin:/usr/bin:/bin"
    return path.split(separator: ":", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "./\(name)" : "\($0)/\(name)" }
      .first(where: isProgram)
  }

  private static func isProgram(_ path: String) -> Bool {
    var facts = stat()
    guard unsafe stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return false }
    return unsafe access(path, X_OK) == 0
  }
}
