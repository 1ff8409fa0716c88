// The peer as a handler's worker, good and bad.

internal import ChannelMessages
internal import Glibc

private func say(_ text: String) {
  var text = text
  _ = text.withUTF8 { unsafe write(1, $0.baseAddress, $0.count) }
}

private func answer(_ message: Message) -> String {
  "{\"id\":\"\(message.id)\",\"result\":\(message.payload)}\n"
}

/// `handler-worker MANNER`: answers each message with its own payload, in some manner.
func handlerWorker(_ arguments: [String]) throws {
  let manner = arguments.first ?? "plain"
  if manner == "deaf" { while true { pause() } }
  // Goes on after its input has ended, and does not listen to TERM.
  if manner == "stubborn" { signal(SIGTERM, SIG_IGN) }
  var pending: [Message] = []
  var count = 0
  while let line = readLine() {
    let message = try Message(Array(line.utf8))
    count += 1
    switch manner {
    case "backwards":
      // In fours, the last first.
      pending.append(message)
      if pending.count == 4 {
        say(pending.reversed().map(answer).joined())
        pending = []
      }
    case "twice": say(answer(message) + answer(message) + "{\"id\":\"nobody\",\"result\":1}\n")
    case "halves":
      // So that each part is read alone.
      for part in answer(message).utf8 {
        say(String(UnicodeScalar(part)))
        sched_yield()
      }
    case "die-at-5":
      if count == 5 {
        // Without the runtime's report, which takes its time.
        signal(SIGSEGV, SIG_DFL)
        raise(SIGSEGV)
      }
      say(answer(message))
    case "answer-then-die":
      say(answer(message))
      exit(9)
    case "babble":
      say("loading\n{\"id\":\"\(message.id)\",\"result\":}\n\n{\"id\":7}\n")
    case "talk": say("working on it\n")
    case "too-long":
      say("{\"id\":\"\(message.id)\",\"result\":\"" + String(repeating: "x", count: 100_000) + "\"}\n")
    case "flood":
      let line = String(repeating: "spam spam spam\n", count: 4_000)
      while true { say(line) }
    case "by-word":
      switch message.payload.description {
      case "\"hang\"": while true { pause() }
      case "\"later\"": say("{\"later\":true,\"id\":\"\(message.id)\"}\n")
      case "\"error\"": say("{\"id\":\"\(message.id)\",\"error\":\"no \\u001b[31mnumbers\"}\n")
      // Nothing.
      case "\"silence\"": break
      default: say(answer(message))
      }
    case "where":
      let fields = message.unknownFields.map { "{\"\($0.name)\":\($0.value)}" }.joined(separator: ",")
      say("{\"id\":\"\(message.id)\",\"result\":[\(fields)]}\n")
    default: say(answer(message))
    }
  }
  if manner == "stubborn" { while true { pause() } }
}
