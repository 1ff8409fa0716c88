// Secrets as they lie on a disk.

internal import LinuxIO

/// Reads a file that only its owner may read. Links are followed, since whatever hands out secrets may leave links to
/// them. It waits for the disk.
enum SecretFile {
  private static let highestByteCount: Int64 = 1 << 20

  static func read(_ path: String) throws(AccessTokenFileError) -> [UInt8] {
    guard let whole = WholePath.of(path), let slash = whole.lastIndex(of: "/") else {
      throw AccessTokenFileError(path, .unreadable("there is no such file, or it is where nobody may look"))
    }
    let bytes: [UInt8]
    let permissions: UInt32
    do throws(FileError) {
      let file = try Directory.open("\(whole[...slash]).")
        .openRegularFile(String(whole[whole.index(after: slash)...]), limit: highestByteCount)
      // Of the open file: the name may have come to mean another one.
      permissions = file.factsAtOpening.permissions
      bytes = permissions & 0o077 == 0 ? try file.readAll(limit: highestByteCount) : []
    } catch {
      let words =
        switch error {
        case .system(let error): error.what
        case .refused(let refusal): "\(refusal.reason.what); \(refusal.reason.remedy)"
        }
      throw AccessTokenFileError(path, .unreadable(words))
    }
    guard permissions & 0o077 == 0 else {
      throw AccessTokenFileError(path, .openToOthers(permissions: permissions))
    }
    return bytes
  }
}
