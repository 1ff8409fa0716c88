// Whose a reader is.

internal import ChannelMessages

extension AccessIdentity {
  /// What stands for a reader that this one calls so: nobody has to do with the readers of another, whatever they are called.
  ///
  /// A dot of the name itself is two of them. So the last single one ends what says whose it is, also where the name of a
  /// token has dots, and there is none in the reader of somebody who has shown nothing.
  func reader(_ name: String) -> String {
    readerPart + name.split(separator: ".", omittingEmptySubsequences: false).joined(separator: "..")
  }

  /// What the name of such a reader begins with, as far as it says whose it is.
  static func owner(ofReader name: some StringProtocol) -> String {
    let dot = UInt8(ascii: ".")
    var (owner, place) = (0, 0)
    for run in name.utf8.split(omittingEmptySubsequences: false, whereSeparator: { $0 != dot }) {
      if !run.count.isMultiple(of: 2) { owner = place + 1 }
      place += run.count + 1
    }
    return String(name.prefix(owner))
  }

  /// What the names of this one's readers begin with.
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
