/// Tells what a real 1.0 peer (ipckit 0.1.12) would do with a file, down to its quirks.
///
/// It reads a file wholly or not at all: one message that it cannot read stops its receiving and its sending for ever.
package enum PeerReader {
  package enum Verdict: Hashable, Sendable {
    case accepts
    case rejects(Refusal)
  }

  package enum Refusal: Hashable, Sendable {
    /// No JSON, or an element that is no message.
    case unreadable(JSONError)
    /// A message that is well-formed and beyond what the peer can take.
    case hazard(PeerHazard)
  }

  /// Judges the content of a whole file.
  package static func judge(_ bytes: [UInt8]) -> Verdict { judge(bytes.span) }

  /// Judges the content of a whole file.
  package static func judge(_ bytes: Span<UInt8>) -> Verdict {
    // It reads the file as UTF-8 before it looks at anything else.
    if let invalid = UTF8Check.firstInvalid(bytes) {
      return .rejects(.unreadable(JSONError(offset: invalid, reason: .invalidUTF8)))
    }
    // It trims as Unicode does, and takes nothing and `[]` for empty without parsing.
    let isEmpty = ScanBytes.lend(bytes) { WhiteSpace.skip($0, 0) == $0.count || WhiteSpace.isTrimmedEmptyArray($0) }
    if isEmpty { return .accepts }
    do throws(JSONError) {
      let refusal = try ScanBytes.lend(bytes) { text throws(JSONError) -> Refusal? in
        try text.check(JSONLimits(bytes: .max))
        var judge = Judge()
        // Values of unknown keys may nest as they like: it skips them by a loop of its own.
        try MessageArray.read(text, from: try MessageArray.open(text), depthLimit: .max, findsDuplicates: false) {
          judge.look(at: $0)
        }
        return judge.refusal
      }
      return refusal.map(Verdict.rejects) ?? .accepts
    } catch {
      return .rejects(.unreadable(error))
    }
  }

  /// Remembers the first refusal; elements are judged one by one, so a long file of bad ones costs no memory.
  private struct Judge {
    var refusal: Refusal?

    mutating func look(at element: MessageElement) {
      guard refusal == nil else { return }
      switch element.content {
      case .unreadable(let error): refusal = .unreadable(error)
      case .message(let index): refusal = index.hazard.map(Refusal.hazard)
      }
    }
  }
}
