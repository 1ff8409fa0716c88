// What is wrong with a file of tokens.

/// A token file that is not used: which, where, why, and what to do.
package struct AccessTokenFileError: Error, Hashable, Sendable {
  /// Why it does not do; the set is closed.
  package enum Reason: Hashable, Sendable {
    /// It cannot be had, in the words of whoever was asked for it.
    case unreadable(String)
    /// Others than its owner have a right to it.
    case openToOthers(permissions: UInt32)
    case malformed(AccessTokenFault)
    /// It is to be one's own, and is none, or more than one word.
    case noSingleToken
  }

  package let file: String
  package let reason: Reason

  init(_ file: String, _ reason: Reason) {
    self.file = file
    self.reason = reason
  }
}

extension AccessTokenFileError: CustomStringConvertible {
  package var description: String {
    switch reason {
    case .unreadable(let words): "\(file): \(words)"
    case .openToOthers(let permissions):
      "\(file): others than its owner have a right to it (its mode is \(String(permissions, radix: 8))); "
        + "chmod 600 \(file), and change the tokens if somebody may have read them"
    case .malformed(let fault): "\(file):\(fault.line): \(fault.reason)"
    case .noSingleToken: "\(file): who goes there has a file with its token alone, one word of visible ASCII"
    }
  }
}
