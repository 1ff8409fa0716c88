// Answers that hold for a while.

internal import ChannelMessages
internal import ChannelModel

/// Remembers answers to the same question, for as long as a route says that they hold. What it keeps is bounded: the oldest goes
/// first.
struct AnswerCache {
  private struct Question: Hashable {
    let method: String
    let payload: [UInt8]

    init(_ method: String, _ payload: JSONText) {
      self.method = method
      self.payload = payload.bytes
    }
  }

  private struct Entry {
    let answer: JSONText
    let until: Moment
    let byteCount: Int
  }

  private static let mostBytes = 16 << 20
  private let methods: [MethodPattern]
  private let time: Duration
  private var entries: [Question: Entry] = [:]
  /// In the order in which they came, which is that in which they expire; some may have been replaced.
  private var order: [(question: Question, until: Moment)] = []
  private var byteCount = 0

  init(of methods: [MethodPattern], for time: Duration) {
    self.methods = methods
    self.time = time
  }

  /// The answer to a question that is still remembered.
  func answer(to message: Message, at now: Moment) -> JSONText? {
    guard !entries.isEmpty, let method = message.method, let entry = entries[Question(method, message.payload)],
      entry.until > now
    else { return nil }
    return entry.answer
  }

  /// Remembers an answer, where the route asks for that.
  mutating func note(_ answer: JSONText, to message: Message, at now: Moment) {
    guard let method = message.method, methods.contains(where: { $0.matches(method) }) else { return }
    let question = Question(method, message.payload)
    let size = method.utf8.count + 2 * (question.payload.count + Self.overhead) + answer.bytes.count
    guard size <= Self.mostBytes / 4 else { return }
    forget(question)
    let until = now.advanced(by: time)
    entries[question] = Entry(answer: answer, until: until, byteCount: size)
    order.append((question, until))
    byteCount += size
    while let first = order.first, first.until <= now || byteCount > Self.mostBytes || order.count > Self.mostInOrder {
      order.removeFirst()
      if entries[first.question]?.until == first.until { forget(first.question) }
    }
  }

  /// About what an entry takes beside its bytes.
  private static let overhead = 128
  private static let mostInOrder = 4_096

  private mutating func forget(_ question: Question) {
    if let entry = entries.removeValue(forKey: question) { byteCount -= entry.byteCount }
  }
}
