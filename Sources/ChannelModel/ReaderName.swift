// The name under which a durable reader or a group keeps its place.

/// A reader's name: it is also the name of its file, so it can say nothing that a path could misunderstand.
package struct ReaderName: Hashable, Sendable {
  package let text: String

  /// Why a text is no reader's name.
  package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package var description: String { "reader name \"\(text.prefix(80))\": \(rule)" }

    /// What a name may be.
    package var rule: String {
      "use letters, digits, '.', '_' and '-', 1 to 64 of them, beginning with a letter or digit"
    }
  }

  package init(_ text: String) throws(Refusal) {
    let bytes = Array(text.utf8)
    guard (1...64).contains(bytes.count), let first = bytes.first, Self.isLetterOrDigit(first),
      bytes.allSatisfy({ Self.isLetterOrDigit($0) || ".-_".utf8.contains($0) })
    else { throw Refusal(text: text) }
    self.text = text
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}

/// What the names of the files in `readers` say.
extension ReaderName {
  /// Whether a file is that of a reader without a name.
  package static func isMadeUp(_ fileName: String) -> Bool {
    let bytes = Array(fileName.utf8)
    return bytes.count == 17 && bytes[0] == UInt8(ascii: "_")
      && bytes[1...].allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }

  /// Whether a file is that of a reader or a group; what members of groups have besides, and what others put there, is
  /// none.
  package static func isReaders(_ fileName: String) -> Bool {
    isMadeUp(fileName) || (try? ReaderName(fileName)) != nil
  }
}
