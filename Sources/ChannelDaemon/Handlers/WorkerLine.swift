// The members of one line of a worker.

internal import ChannelMessages

/// Gathers what an answer is made of, and notes the first thing that is wrong with it.
struct WorkerLine {
  struct Problem: Error {
    let offset: Int
    let reason: WorkerLineError.Reason
  }

  private static let keys = ["id", "result", "error", "later"]

  private let bytes: [UInt8]
  private(set) var id: String?
  private var seen: Set<String> = []
  private var verdicts: [WorkerAnswer.Verdict] = []
  private var problem: Problem?

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func take(_ member: JSONMembers.Member) {
    guard let key = Self.keys.first(where: { JSONString.matches(bytes, member.name, $0) }) else { return }
    // At the quote before it.
    guard seen.insert(key).inserted else { return note(.twice(key), at: member.name.lowerBound - 1) }
    switch key {
    case "id":
      id = WorkerLines.text(bytes, member.value)
      if id == nil { note(.wrongValue(key), at: member.value.lowerBound) }
    case "result":
      verdicts.append(.result(JSONText(trusted: Array(bytes[member.value]))))
    case "error":
      if let text = WorkerLines.text(bytes, member.value) {
        verdicts.append(.error(text))
      } else {
        note(.wrongValue(key), at: member.value.lowerBound)
      }
    default:
      if bytes[member.value.lowerBound] == UInt8(ascii: "t") {
        verdicts.append(.later)
      } else {
        note(.wrongValue(key), at: member.value.lowerBound)
      }
    }
  }

  private mutating func note(_ reason: WorkerLineError.Reason, at offset: Int) {
    if problem == nil { problem = Problem(offset: offset, reason: reason) }
  }

  /// The answer, now that all members were taken.
  func answer() throws(Problem) -> WorkerAnswer {
    if let problem { throw problem }
    guard let id else { throw Problem(offset: 0, reason: .missing("id")) }
    guard verdicts.count == 1 else { throw Problem(offset: 0, reason: .notOneOutcome) }
    return WorkerAnswer(id: id, verdicts[0])
  }
}
