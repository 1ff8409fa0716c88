// Tokens as they lie on a disk.

extension AccessTokens {
  /// Reads a file that only its owner may read. It waits for the disk.
  package static func read(_ path: String) throws(AccessTokenFileError) -> AccessTokens {
    let bytes = try SecretFile.read(path)
    do throws(AccessTokenFault) {
      return try AccessTokens(parsing: bytes)
    } catch {
      throw AccessTokenFileError(path, .malformed(error))
    }
  }
}
