// Where a page came from.

/// What a browser says of the page that asks: `https://example.org`, `http://localhost:3000`, or `null` where it will
/// not say.
enum WebOrigin: Hashable, Sendable {
  case hidden
  case page(scheme: String, WebAuthority)

  /// Nil where a browser would write no such thing, as with a path behind it.
  init?(_ text: String) {
    if text == "null" {
      self = .hidden
      return
    }
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
    let scheme = text[..<colon]
    // By the bytes, since there are letters that only look like ASCII in lower case.
    guard let first = scheme.utf8.first, Self.isLetter(first), scheme.utf8.allSatisfy(Self.isOfScheme),
      let authority = WebAuthority(text[colon...].dropFirst(3))
    else { return nil }
    self = .page(scheme: scheme.lowercased(), authority.simplified(in: scheme.lowercased()))
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func isOfScheme(_ byte: UInt8) -> Bool {
    isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.".utf8.contains(byte)
  }
}
