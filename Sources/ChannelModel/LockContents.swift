// What stands in a lock file.

/// The contents of `<direction>.lock`: the line that 1.0 knows and, when it is ours, a second one.
package struct LockContents: Hashable, Sendable {
  /// What our second line says of the holder.
  package struct Holder: Hashable, Sendable {
    package let boot: UniqueID
    package let processNamespace: UInt64
    package let startTime: UInt64
    package let token: UInt64

    package init(boot: UniqueID, processNamespace: UInt64, startTime: UInt64, token: UInt64) {
      self.boot = boot
      self.processNamespace = processNamespace
      self.startTime = startTime
      self.token = token
    }
  }

  /// The second line, as far as we know its form.
  package enum Second: Hashable, Sendable {
    case ours(Holder)
    /// A form of ours that is newer than this program.
    case newer(version: UInt64)
    /// Nothing, or nothing of ours: a 1.0 peer's lock.
    case foreign
  }

  /// The process of the first line, for messages only: it may be another container's.
  package let process: UInt32?
  package let second: Second

  /// No lock of ours is longer; of another's, no more is read.
  package static let highestByteCount = 256

  package init(process: UInt32, holder: Holder) {
    self.process = process
    second = .ours(holder)
  }

  /// Reads whatever bytes lie in the file.
  package init(decoding bytes: [UInt8]) {
    let lines = bytes.prefix(Self.highestByteCount).split(
      separator: UInt8(ascii: "\n"),
      maxSplits: 2,
      omittingEmptySubsequences: false
    )
    process = Self.decimal(lines[0]).flatMap { UInt32(exactly: $0) }
    // Without its line feed a line may still be half written.
    second = lines.count > 2 ? Self.second(lines[1]) : .foreign
  }

  package func encode() -> [UInt8] {
    guard case .ours(let holder) = second, let process else { preconditionFailure("only locks of ours are written") }
    let digits = String(holder.token, radix: 16)
    let token = String(repeating: "0", count: 16 - digits.count) + digits
    return Array(
      "\(process)\ntransom 1 \(holder.boot) \(holder.processNamespace) \(holder.startTime) \(token)\n".utf8
    )
  }

  private static func second(_ line: ArraySlice<UInt8>) -> Second {
    let words = line.split(separator: UInt8(ascii: " "), maxSplits: 6, omittingEmptySubsequences: false)
    guard words.count >= 2, words[0].elementsEqual("transom".utf8), let version = decimal(words[1]) else {
      return .foreign
    }
    guard version == 1 else { return version > 1 ? .newer(version: version) : .foreign }
    guard words.count == 6, let boot = UniqueID(text: words[2]), let namespace = decimal(words[3]),
      let start = decimal(words[4]), words[5].count == 16, let token = hexadecimal(words[5])
    else { return .foreign }
    return .ours(Holder(boot: boot, processNamespace: namespace, startTime: start, token: token))
  }

  private static func decimal(_ digits: ArraySlice<UInt8>) -> UInt64? { number(digits, radix: 10) }

  private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt64? { number(digits, radix: 16) }

  /// Digits alone: neither a sign nor capital letters.
  private static func number(_ digits: ArraySlice<UInt8>, radix: Int) -> UInt64? {
    guard (1...20).contains(digits.count),
      digits.allSatisfy({
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      })
    else { return nil }
    return UInt64(String(decoding: digits, as: UTF8.self), radix: radix)
  }
}
