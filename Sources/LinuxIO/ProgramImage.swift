// The program that this process runs.

internal import Glibc

/// Where the program lies, and how another one takes its place.
package enum ProgramImage {
  /// The directory that the program's file is in, without links.
  package static func folder() throws(SystemError) -> String {
    let link = "/proc/self/exe"
    guard let path = WholePath.of(link) else { throw SystemError("realpath", on: link, code: errno) }
    return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }

  /// Runs another program in this process, with its own name as the path has it; returns why it cannot.
  package static func replace(by path: String, words: [String]) -> SystemError {
    let arguments = unsafe ([path] + words).map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    unsafe execv(path, arguments)
    return SystemError("execve", on: path, code: errno)
  }
}
