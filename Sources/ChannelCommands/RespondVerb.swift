// transom respond

internal import ChannelMessages
internal import Transom

enum RespondVerb {
  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let words = invocation.operands(.command)
    let name = words.first ?? ""
    guard let program = CommandSearch.find(name) else {
      throw UsageError("there is no program \"\(name)\"", hint: "give its path, or look at PATH")
    }
    let side = invocation.side ?? .backend
    let trouble = try ResponderTrouble(around)
    let channel = try invocation.openChannel(as: side) { error in trouble.tell(error) }
    let jobs = CommandJobs(
      Command(program: program, words: words, passesErrors: !invocation.has(.quiet)),
      limit: invocation.count(.jobs) ?? 16,
      report: CommandReport(around, isJSON: invocation.has(.json)) { error in trouble.end(with: error) }
    )
    around.interruption.beforeEnd {
      jobs.end()
      channel.close()
    }
    let patterns = invocation.texts(.method)
    for pattern in patterns.isEmpty ? ["*"] : patterns {
      channel.respond(to: pattern) { request in try await jobs.answer(request) }
    }
    trouble.begin()
    let what = patterns.isEmpty ? "all requests" : "requests for \(patterns.joined(separator: ", "))"
    around.say("answering as \(side.rawValue) \(what) of the \(side.other.rawValue) through \(channel.path)")
    let error = trouble.wait()
    around.interruption.parkIfEnding()
    jobs.end()
    channel.close()
    throw error
  }
}
