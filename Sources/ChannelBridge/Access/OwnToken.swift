// The secret that one comes with.

/// A token that is shown to others. Whoever prints it by accident gives nothing away.
package struct OwnToken: Hashable, Sendable {
  let text: String

  /// Of what is in a file; nil when that is not one word of visible ASCII and of a length that fits into a request.
  init?(parsing bytes: [UInt8]) {
    let words = bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: " ") }
    guard words.count == 1, words[0].count <= AccessTokens.byteCounts.upperBound,
      words[0].allSatisfy({ 0x21 <= $0 && $0 < 0x7F })
    else { return nil }
    text = String(decoding: words[0], as: UTF8.self)
  }

  /// Reads a file that only its owner may read, and that holds the token alone. It waits for the disk.
  package static func read(_ path: String) throws(AccessTokenFileError) -> OwnToken {
    guard let token = OwnToken(parsing: try SecretFile.read(path)) else {
      throw AccessTokenFileError(path, .noSingleToken)
    }
    return token
  }
}

extension OwnToken: CustomStringConvertible, CustomReflectable {
  package var description: String { "a token" }

  package var customMirror: Mirror { Mirror(self, children: []) }
}
