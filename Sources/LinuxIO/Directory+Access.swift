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

  /// Why this process cannot use a file or a folder in it as a sender does, without opening it; nil when it can, as far
  /// as the kernel tells.
  package func obstacle(to name: String, _ access: FileAccess, entering: Bool = false) -> SystemError? {
    let bits = (access == .writing ? 0 : R_OK) | (access == .reading ? 0 : W_OK) | (entering ? X_OK : 0)
    do {
      let number = descriptor.number
      _ = try systemCall("faccessat", on: path(of: name)) {
        unsafe faccessat(number, name, bits, Self.byEffectiveUser | AT_SYMLINK_NOFOLLOW)
      }
      return nil
    } catch {
      return error
    }
  }

  /// AT_EACCESS, which Glibc's module does not show.
  private static let byEffectiveUser: Int32 = 0x200
}
