// What the process was told when it was begun.

internal import Glibc

/// The variables of the environment.
package enum ProcessEnvironment {
  /// Nil when the variable is not set.
  package static func value(of name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  /// All of them, as `NAME=value`.
  package static var all: [String] {
    var variables: [String] = []
    var entry = unsafe environ
    while let variable = unsafe entry.pointee {
      unsafe variables.append(String(cString: variable))
      unsafe entry += 1
    }
    return variables
  }
}
