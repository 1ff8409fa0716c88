// Who runs this program.

internal import Glibc

/// The user by whose rights the program works.
package enum ProcessUser {
  /// The number by which files are opened, also in a program that was given another user's rights.
  package static var number: UInt32 { geteuid() }
}
