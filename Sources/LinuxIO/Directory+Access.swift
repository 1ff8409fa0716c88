// What this process may do in a directory.

internal import Glibc

extension Directory {
  /// Why no file can be made in it by this process, without making one; nil when one can, as far as the kernel tells.
  package func writingObstacle() -> SystemError? {
    do {
      let number = descriptor.number
      // By the rights that files are opened with, which are not those of who has started a set-user-id program.
      _ = try systemCall("faccessat", on: path) { unsafe faccessat(number, ".", W_OK | X_OK, Self.byEffectiveUser) }
      return nil
    } catch {
      return error
    }
  }

  /// AT_EACCESS, which Glibc's module does not show.
  private static let byEffectiveUser: Int32 = 0x200
}
