// Who may come with which secret.

package import ChannelMessages
package import ChannelModel

/// The tokens of a file, of which each line is `NAME TOKEN` or `NAME TOKEN EXPIRY`; empty lines and those that begin
/// with `#` say nothing.
///
/// A file without tokens lets nobody in, and is no mistake: who empties it means that.
///
/// Tokens are told apart by hashes under a key that this process has drawn and that nobody else has; so of one who is
/// there it is known whether his token is still among those of a file that was read anew. How long a
/// search takes tells how long the presented bytes are, which whoever presents them knows, and how many tokens there
/// are. It cannot tell how much of a token was right: nobody can make bytes whose hash begins like another's without
/// the key, so this holds however the comparison of two hashes is compiled. And whatever is told of this value by
/// accident is no token.
package struct AccessTokens: Sendable {
  /// Whose token was presented.
  package enum Finding: Hashable, Sendable {
    case valid(String)
    case expired(String)
    case unknown
  }

  /// How long a token may be. Of the shortest ones nobody tries all; the longest fit into the head of a request.
  package static let byteCounts = 16...4_096

  package let tokens: [AccessToken]
  private let byName: [String: AccessToken]
  private let key: SipHash.Key
  private static let processKey = SipHash.Key(low: .random(in: .min ... .max), high: .random(in: .min ... .max))

  /// Reads what is in a file. Nothing of a line is ever told: the token may be where something else belongs.
  package init(
    parsing bytes: [UInt8],
    key: SipHash.Key? = nil
  ) throws(AccessTokenFault) {
    let key = key ?? Self.processKey
    // Editors of other systems put a mark before the first line and a carriage return behind each.
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    var tokens: [AccessToken] = []
    var lines: (ofNames: [String: Int], ofHashes: [UInt128: Int]) = ([:], [:])
    for (place, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      let words = (line.last == UInt8(ascii: "\r") ? line.dropLast() : line).split(whereSeparator: Self.isBlank)
      guard let first = words.first, first.first != UInt8(ascii: "#") else { continue }
      let number = place + 1
      do throws(AccessTokenFault.Reason) {
        let token = try Self.token(words, key)
        if let earlier = lines.ofNames.updateValue(number, forKey: token.name) { throw .nameTaken(line: earlier) }
        if let earlier = lines.ofHashes.updateValue(number, forKey: token.hash) { throw .tokenTaken(line: earlier) }
        tokens.append(token)
      } catch {
        throw AccessTokenFault(line: number, reason: error)
      }
    }
    self.tokens = tokens
    byName = Dictionary(uniqueKeysWithValues: tokens.map { ($0.name, $0) })
    self.key = key
  }

  /// Whose token these bytes are at that time. All tokens are looked at, also behind the one that it is.
  package func find(_ presented: [UInt8], at now: WallTime) -> Finding {
    guard Self.byteCounts.contains(presented.count) else { return .unknown }
    let hash = SipHash.hash128(presented, key: key)
    var found: Int?
    for place in tokens.indices where tokens[place].hash == hash { found = place }
    guard let found else { return .unknown }
    return tokens[found].hasExpired(at: now) ? .expired(tokens[found].name) : .valid(tokens[found].name)
  }

  /// The token of a name.
  func token(named name: String) -> AccessToken? { byName[name] }

  private static func token(
    _ words: [ArraySlice<UInt8>],
    _ key: SipHash.Key
  ) throws(AccessTokenFault.Reason) -> AccessToken {
    guard words.count >= 2 else { throw .noToken }
    guard words.count <= 3 else { throw .tooManyWords }
    // A dot at its end would run together with the one behind it in the names of its readers.
    guard let name = try? ReaderName(String(decoding: words[0], as: UTF8.self)).text, name.last != "." else {
      throw .unusableName
    }
    guard name != AccessSubject.anonymousWord else { throw .reservedName }
    guard words[1].allSatisfy({ 0x21 <= $0 && $0 < 0x7F }) else { throw .unusableToken }
    guard words[1].count >= byteCounts.lowerBound else { throw .tooShort }
    guard words[1].count <= byteCounts.upperBound else { throw .tooLong }
    var expiry: WallTime?
    if words.count == 3 {
      guard let time = WallTime(utc: words[2]) else { throw .unusableExpiry }
      expiry = time
    }
    return AccessToken(name: name, expiry: expiry, hash: SipHash.hash128(Array(words[1]), key: key))
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}

extension AccessTokens: CustomStringConvertible, CustomReflectable {
  /// Whoever prints it by accident gives no key away.
  package var description: String { "\(tokens.count) \(tokens.count == 1 ? "token" : "tokens")" }

  package var customMirror: Mirror { Mirror(self, children: ["names": tokens.map(\.name)]) }
}
