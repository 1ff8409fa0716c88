// An answer while its lines come.

internal import ChannelMessages
internal import ChannelModel
package import Transom

/// Puts together what a daemon answers, line by line.
package struct AdminAnswerReader: Sendable {
  private var status: DaemonStatus?
  private var roots: [DaemonStatus.Root] = []
  private var handlers: [HandlerStatus] = []
  private var bridges: [BridgeStatus] = []
  private var channels: [ChannelStatus] = []
  private var steps: [TraceStep] = []
  private var report: ReloadReport?
  private var letters: [DeadLetter] = []
  private var count: Int?
  /// The pieces of the one long text that an answer may have.
  private var text: [UInt8] = []
  /// The kinds that the lines so far can belong to.
  private var kinds: Set<AdminAnswerKind> = []

  package init() {}

  /// Takes a line; when it is the last, answers what they all say.
  package mutating func take(_ line: [UInt8]) throws(AdminFault) -> Result<AdminAnswer, ChannelError>? {
    let object = try AdminObject(line)
    if object.has("error") { return .failure(try ChannelError(try object.object("error"))) }
    if object.has("done") { return .success(try finish(as: try object.word("done"))) }
    try takePart(object)
    return nil
  }

  private mutating func takePart(_ object: AdminObject) throws(AdminFault) {
    if object.has("status") {
      guard status == nil else { throw .twice("status") }
      status = try DaemonStatus(try object.object("status"))
      kinds.insert(.status)
    } else if object.has("root") {
      roots.append(try DaemonStatus.Root(try object.object("root")))
      kinds.insert(.status)
    } else if object.has("handler") {
      handlers.append(try HandlerStatus(try object.object("handler")))
      kinds.insert(.status)
    } else if object.has("bridge") {
      bridges.append(try BridgeStatus(try object.object("bridge")))
      kinds.insert(.status)
    } else if object.has("channel") {
      channels.append(try ChannelStatus(try object.object("channel")))
      kinds.insert(.channels)
    } else if object.has("step") {
      steps.append(try TraceStep(try object.object("step")))
      kinds.insert(.steps)
    } else if object.has("reloaded") {
      report = try ReloadReport(try object.object("reloaded"))
      kinds.insert(.reloaded)
    } else if object.has("configuration") {
      text += Array(try object.text("configuration").utf8)
      kinds.insert(.configuration)
    } else if object.has("letter") {
      letters.append(try DeadLetter(try object.object("letter")))
      kinds.insert(.letters)
    } else if object.has("message") {
      text += Array(try object.text("message").utf8)
      kinds.insert(.letter)
    } else if object.has("message_hex") {
      text += try Self.bytes(try object.text("message_hex"))
      kinds.insert(.letter)
    } else if object.has("letters") {
      count = try object.count("letters")
      kinds.insert(.letterCount)
    }
    // What else there is a later daemon says to those who know it.
  }

  private func finish(as kind: AdminAnswerKind) throws(AdminFault) -> AdminAnswer {
    // A letter alone and one of several are the same line.
    guard kinds.subtracting(kind == .letter ? [.letter, .letters] : [kind]).isEmpty else { throw .mixed }
    switch kind {
    case .status:
      guard var status else { throw .missing("status") }
      status.roots = roots
      status.handlers = handlers
      status.bridges = bridges
      return .status(status)
    case .channels: return .channels(channels)
    case .steps: return .steps(steps)
    case .reloaded:
      guard let report else { throw .missing("reloaded") }
      return .reloaded(report)
    case .configuration: return .configuration(String(decoding: text, as: UTF8.self))
    case .letters: return .letters(letters)
    case .letter:
      guard letters.count == 1 else { throw letters.isEmpty ? .missing("letter") : .twice("letter") }
      return .letter(letters[0], message: text)
    case .letterCount:
      guard let count else { throw .missing("letters") }
      return .letterCount(count)
    }
  }

  private static func bytes(_ digits: String) throws(AdminFault) -> [UInt8] {
    let values = digits.utf8.compactMap(Hexadecimal.value)
    guard values.count == digits.utf8.count, values.count.isMultiple(of: 2) else { throw .wrongValue("message_hex") }
    return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
  }
}
