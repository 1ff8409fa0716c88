// What the kernel refused, told so that a person can act on it.

internal import Glibc

/// A system call that failed: which call, on what, and why.
package struct SystemError: Error, Hashable, Sendable {
  /// The call's name as its manual page has it, such as `openat`.
  package let call: String
  /// What it was asked about: a path or a name, empty where there is none.
  package let subject: String
  /// The `errno` it left; below zero what `getaddrinfo` has in its place.
  package let code: Int32

  package init(_ call: String, on subject: String = "", code: Int32) {
    self.call = call
    self.subject = subject
    self.code = code
  }

  /// The kernel's own words for the code.
  package var reason: String {
    if code < 0, let words = unsafe gai_strerror(code) { return unsafe String(cString: words) }
    return unsafe String(cString: strerror(code))
  }

  /// Whether what was asked about does not exist.
  package var isMissing: Bool { code == ENOENT }
}

extension SystemError: CustomStringConvertible {
  package var description: String {
    subject.isEmpty ? what : "\(subject): \(what)"
  }
}
