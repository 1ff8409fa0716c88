// transom request

internal import ChannelMessages
internal import Transom

enum RequestVerb: VerbProgram {
  static let name = Verb.Name.request
  static let row = Verb(
    .request,
    "send a request and print the answer",
    examples: [
      Verb.Example("transom request /dev/shm/demo getUser '{\"id\":7}'", "print the payload of the answer"),
      Verb.Example(
        "transom request /dev/shm/demo render @scene.json --timeout 2m > image.json",
        "an answer that takes its time"
      ),
      Verb.Example("echo '[1,2,3]' | transom request /dev/shm/demo sum -", "the payload from the standard input"),
      Verb.Example("transom request unix:/run/demo.sock sum '[1,2]'", "by a socket, of whoever listens there"),
    ],
    operands: [.directoryOrURL, Operand(.method, .text, "what is asked for"), .payload],
    options: [
      Option(.timeout, short: "t", .duration, standard: "5s", "wait so long for the answer"),
      .side("frontend"),
    ] + Option.writing + Option.security + [.json, .quiet],
    notes: [
      "On a terminal the payload is indented, in a pipe and with --json it stands on one line.",
      "When the other side answers with an error, its text goes to the standard error and the status is 1. After a time-out, 3, the request is still in the channel: a responder that starts within 30 s may run it. The error says who reads there, and whether 1.0 programs can see the request.",
      "By a URL whoever listens there is asked, such as a bridge with --listen; --timeout holds for connecting too.",
    ]
  )

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let side = invocation.side ?? .frontend
    let method = invocation.operand(.method)
    let timeout = invocation.duration(.timeout) ?? .seconds(5)
    let payload = try PayloadText.read(invocation.operand(.json), isText: false)
    let channel = try invocation.openChannel(as: side)
    around.interruption.beforeEnd { channel.close() }
    if !invocation.has(.quiet) {
      around.interruption.remind("waiting as \(side.rawValue) for the \(side.other.rawValue)'s answer to \"\(method)\"")
    }
    let answer: JSONText
    do {
      answer = try channel.request(method, payload, timeout: timeout)
    } catch let error as ChannelError where error.code == .timedOut {
      throw unanswered(error, side, channel.path)
    }
    around.interruption.forgetReminder()
    try around.printAnswer(answer)
    channel.close()
    return 0
  }

  /// The time-out with all that is known of the request.
  private static func unanswered(
    _ error: ChannelError,
    _ side: Side,
    _ path: String
  ) -> ChannelError {
    var what = error.what
    if let receipt = error.accepted.first {
      do throws(ChannelError) {
        what += "; \(try UnansweredRequest.look(at: path, receipt, from: side).text)"
      } catch let obstacle {
        what +=
          "; the request is in the journal as message \(receipt.number), and who sees it is not known: "
          + "\(obstacle.path): \(obstacle.what)"
      }
    }
    return ChannelError(
      .timedOut,
      at: error.path,
      what,
      hint: "you are the \(side.rawValue): does a \(side.other.rawValue) run that answers it? see transom inspect"
    ).accepting(error.accepted)
  }
}

extension Verb.Name {
  package static let request = Self(rawValue: "request")
}
