// A line that is no token's.

/// Which line of a token file means nothing, and why. It holds nothing of what stands there.
package struct AccessTokenFault: Error, Hashable, Sendable {
  /// Why a line is no token's; the set is closed.
  package enum Reason: Error, Hashable, Sendable {
    case noToken
    case tooManyWords
    case unusableName
    /// Rules mean somebody else by it.
    case reservedName
    /// It has a byte that is no printable ASCII.
    case unusableToken
    case tooShort
    case tooLong
    case unusableExpiry
    /// That line has the same name.
    case nameTaken(line: Int)
    /// That line has the same token.
    case tokenTaken(line: Int)
  }

  /// The first is 1.
  package let line: Int
  package let reason: Reason

  package init(line: Int, reason: Reason) {
    self.line = line
    self.reason = reason
  }
}

extension AccessTokenFault.Reason: CustomStringConvertible {
  /// In plain words, and with what to write.
  package var description: String {
    switch self {
    case .noToken: "there is a name without a token (write NAME TOKEN, or NAME TOKEN EXPIRY)"
    case .tooManyWords: "there are more than three words (write NAME TOKEN EXPIRY, and a comment on a line of its own)"
    case .unusableName:
      "the name cannot be one (use letters, digits, '.', '_' and '-', 1 to 64 of them, "
        + "beginning with a letter or digit and ending with no dot)"
    case .reservedName:
      "the name \(AccessSubject.anonymousWord) stands for those who have no token (use another name)"
    case .unusableToken: "the token has bytes that are no printable ASCII (write it in base64 or hexadecimal digits)"
    case .tooShort:
      "the token has fewer than \(AccessTokens.byteCounts.lowerBound) bytes (openssl rand -hex 32 makes a good one)"
    case .tooLong:
      "the token has more than \(AccessTokens.byteCounts.upperBound) bytes (openssl rand -hex 32 makes a good one)"
    case .unusableExpiry: "the third word is no date (write it like 2027-01-31 or 2027-01-31T12:00:00Z, in UTC)"
    case .nameTaken(let line): "line \(line) has the same name (give each token a name of its own)"
    case .tokenTaken(let line): "line \(line) has the same token (give each name a token of its own)"
    }
  }
}
