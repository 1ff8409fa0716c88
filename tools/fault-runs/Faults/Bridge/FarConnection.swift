// One connection of the other end of a bridge.

internal import ChannelMessages
internal import ChannelWires
internal import LinuxIO
internal import TestSupport

/// Reads, acknowledges, answers, tells and asks as its manner has it, and says in the log what it did.
final class FarConnection {
  enum State: Equatable {
    case open
    /// It has said all, and reads on until the end or this time.
    case ending(until: Int)
    case over
  }

  let number: Int
  let manner: FarManner
  private let socket: FarSocket
  private let end: FarEnd
  private let start: Int
  private var chance: SeededGenerator
  private var wire = LinesWire()
  private var state = State.open
  /// The number of the event that is told next.
  private var next: Int
  /// Acknowledged here; what stood before a question was heard when that is answered.
  private var done: [Letter] = []
  private var questions: [Int: [Letter]] = [:]
  /// What is said later.
  private var owed: [(time: Int, line: String)] = []
  private var (nextReading, nextTelling, nextAsking) = (0, 0, 0)
  private(set) var hasAnswer = false

  /// In microseconds since boot.
  private static var now: Int { Int(KernelClock.sinceBoot() / 1_000) }

  init(_ number: Int, _ socket: FarSocket, _ manner: FarManner, of end: FarEnd, using chance: SeededGenerator) {
    self.number = number
    self.socket = socket
    self.manner = manner
    self.end = end
    self.chance = chance
    start = Self.now
    next = max(1, end.letters.first - manner.tellsAgain)
    if manner.readingPause > 0 { socket.becomeNarrow() }
    end.log("open \(number) \(manner.words)")
  }

  var isOver: Bool { state == .over }
  /// Whether it asked and told nothing that is not answered and acknowledged.
  var isSettled: Bool { questions.isEmpty && owed.isEmpty && !socket.hasUnsent }
  /// What the kernel may wake its owner for.
  var descriptor: Int32 { socket.number }

  /// Does what is due.
  func turn() {
    let now = Self.now
    let age = (now - start) / 1_000
    if case .ending(let until) = state, now >= until { return close() }
    if state == .open, age >= manner.lifetime { conclude(at: now) }
    guard age < manner.deafAfter else { return }
    socket.flush()
    read(at: now)
    guard state == .open else { return }
    let due = owed.filter { $0.time <= now }
    owed.removeAll { $0.time <= now }
    for (_, line) in due { say(line) }
    tell(at: now)
    ask(at: now)
  }

  private func say(_ line: String) { socket.write(Array((line + "\n").utf8)) }

  // MARK: Reading

  private func read(at now: Int) {
    guard now >= nextReading else { return }
    nextReading = now + manner.readingPause
    for _ in 0..<8 {
      switch socket.receive(atMost: manner.readsAtMost) {
      case .bytes(let bytes):
        for item in wire.take(bytes) { meet(item, at: now) }
        if manner.readingPause > 0 { return }
      case .nothing: return
      case .ended: return close()
      }
    }
  }

  private func meet(_ item: WireItem, at now: Int) {
    switch item {
    case .message(let message):
      switch message.kind {
      case .event: meet(event: message, at: now)
      case .request: answer(message, at: now)
      case .response: meet(answer: message)
      }
    case .acknowledged(let ids):
      for id in ids {
        if let told = end.letters.acknowledge(id) {
          end.log("ack \(end.letters.sender) \(told) \(number)")
        } else {
          end.log("odd \(number) acknowledges \(id)")
        }
      }
    case .left: break
    case .refusedThere(let words): end.log("refused \(number) \(words)")
    case .refused(let refusal): end.log("odd \(number) says what cannot be read: \(refusal)")
    }
  }

  /// Tells which process of the bridge it is from: each draws an id.
  private static func trail(of message: Message) -> String {
    message.unknownFields.first { $0.name == "via" }.map { "\($0.value)" } ?? "-"
  }

  private func meet(event: Message, at now: Int) {
    guard let letter = Letter(event) else { return end.log("odd \(number) tells \(event.method ?? "-")") }
    end.log("got \(letter.sender) \(letter.number) \(number) \(event.id) \(Self.trail(of: event))")
    end.hasSeen(letter)
    if state != .open { return }
    var line = #"{"ack":"\#(event.id)"}"#
    switch manner.acknowledging {
    case .never: return
    case .some where Int.random(in: 0..<3, using: &chance) == 0: return
    case .late:
      owed.append((now + Int.random(in: 1_000...100_000, using: &chance), line))
      // It counts from here on, as the other end may hear it from then on.
      return end.log("done \(letter.sender) \(letter.number) \(number)")
    case .twice: line += "\n" + line
    case .strange: line = #"{"ack":["nothing","\#(event.id)","\#(event.id)x",""]}"#
    case .backwards:
      owed.insert((now + 3_000, line), at: 0)
      return end.log("done \(letter.sender) \(letter.number) \(number)")
    case .atOnce, .some: break
    }
    end.log("done \(letter.sender) \(letter.number) \(number)")
    say(line)
    done.append(letter)
  }

  private func answer(_ request: Message, at now: Int) {
    let text = String(decoding: request.payload.bytes, as: UTF8.self)
    end.log("asked \(text) \(number) \(Self.trail(of: request))")
    guard state == .open, let value = Int(text) else { return }
    func line(_ id: String) -> String { #"{"type":"response","reply_to":"\#(id)","payload":\#(value + 1)}"# }
    switch manner.answering {
    case .once: say(line(request.id))
    case .twice: say(line(request.id) + "\n" + line(request.id))
    case .late: owed.append((now + Int.random(in: 1_000...100_000, using: &chance), line(request.id)))
    case .strange: say(line("nothing") + "\n" + line(request.id))
    case .never: break
    }
  }

  private func meet(answer: Message) {
    let text = answer.replyTo ?? "-"
    guard let heard = Int(text).flatMap({ questions.removeValue(forKey: $0) }) else {
      return end.log("odd \(number) answers \(text), which was not asked or was answered")
    }
    hasAnswer = true
    end.log("answer \(text) \(answer.error.map { "failed: \($0)" } ?? "\(answer.payload)")")
    for letter in heard { end.log("heard \(letter.sender) \(letter.number) \(number)") }
  }

  // MARK: Writing

  private func tell(at now: Int) {
    guard now >= nextTelling, !socket.hasUnsent else { return }
    nextTelling = now + manner.tellingPause
    for _ in 0..<4 {
      guard next <= end.letters.count || end.mayMakeLetter() else { return }
      end.log("try \(end.letters.sender) \(next) \(number)")
      say(end.letters.line(next))
      next += 1
    }
  }

  private func ask(at now: Int) {
    guard now >= nextAsking, questions.count < 8, !socket.hasUnsent, !(end.isCalm && hasAnswer) else { return }
    nextAsking = now + manner.askingPause * 1_000
    let question = end.newQuestion()
    questions[question] = done
    done = []
    end.log("ask \(question) \(number)")
    say(#"{"id":"\#(question)","type":"request","method":"next","payload":\#(question)}"#)
  }

  // MARK: Ending

  private func conclude(at now: Int) {
    end.log("ends \(number) \(manner.ending)")
    switch manner.ending {
    case .cut:
      socket.write(end.letters.line(end.letters.count + 1).utf8.dropLast(Int.random(in: 1...40, using: &chance)))
      close()
    case .reset:
      socket.breakOffAtTheEnd()
      close()
    case .close: close()
    case .finish:
      // What is owed is said before.
      for (_, line) in owed { say(line) }
      owed = []
      socket.finish()
      state = .ending(until: now + 500_000)
    case .garbage:
      let garbage = FarGarbage.draw(using: &chance)
      socket.write(garbage + [UInt8(ascii: "\n")])
      state = .ending(until: now + 500_000)
    }
  }

  /// Ends it at once.
  func close() {
    guard state != .over else { return }
    state = .over
    end.log("over \(number)")
  }
}
