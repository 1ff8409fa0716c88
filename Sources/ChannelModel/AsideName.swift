// Names of directories that are being made.

/// The names under which channels, and parts of them, are made before they get their own: `.<name>.<hexadecimal>`.
package enum AsideName {
  /// Whether somebody has such a name; `of` is the name that it is to get, if only that one counts.
  package static func isOne(_ name: String, of own: String? = nil) -> Bool {
    guard name.first == ".", let dot = name.lastIndex(of: "."), dot != name.startIndex else { return false }
    let digits = name[name.index(after: dot)...]
    guard (1...16).contains(digits.count), digits.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) else { return false }
    let inner = name[name.index(after: name.startIndex)..<dot]
    return own.map { inner == $0 } ?? !inner.isEmpty
  }
}
