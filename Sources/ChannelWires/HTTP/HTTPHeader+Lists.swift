// What headers say together.

extension [HTTPHeader] {
  /// The values of a header, in their order.
  func values(of name: String) -> [String] {
    filter { $0.isNamed(name) }.map(\.value)
  }

  /// The parts of a header that is a list (RFC 9110, 5.6.1), on however many lines it stands; empty parts are none.
  func words(of name: String) -> [String] {
    values(of: name).flatMap { $0.utf8.split(separator: UInt8(ascii: ",")) }.compactMap { part in
      let blanks: [UInt8] = [0x20, 0x09]
      let word = part.drop { blanks.contains($0) }.reversed().drop { blanks.contains($0) }.reversed()
      return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
    }
  }

  /// Whether a word of ASCII is among them, in upper or lower case; it is given in lower case.
  func hasWord(_ word: String, in name: String) -> Bool {
    // By their length those letters are told apart that only look like ASCII in lower case.
    words(of: name).contains { $0.utf8.count == word.utf8.count && $0.lowercased() == word }
  }
}
