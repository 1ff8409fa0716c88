// Whose a reader is.

internal import ChannelMessages

extension AccessIdentity {
  /// What the names of this one's readers begin with, so that nobody has to do with those of another.
  var readerPart: String {
    switch self {
    case .anonymous: return ""
    case .token(let name): return "token.\(name)."
    case .process(let user, _): return "user.\(user)."
    case .certificate(let names):
      let hash = SHA1.hash(Array(names.joined(separator: "\n").utf8))
      let digits = hash.prefix(6).flatMap { [Hexadecimal.digit($0 >> 4), Hexadecimal.digit($0)] }
      return "certificate.\(String(decoding: digits, as: UTF8.self))."
    }
  }
}
