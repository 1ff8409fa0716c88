// transom reload

internal import ChannelAdmin
internal import ChannelMessages
internal import LinuxIO
internal import Transom

enum ReloadVerb: VerbProgram {
  static let name = Verb.Name.reload

  static let row = Verb(
    .reload,
    "take over a changed configuration",
    examples: [
      Verb.Example("transom reload", "and see what has changed"),
      Verb.Example("transomd --check && transom reload", "only when the files are right, which reload sees to itself"),
    ],
    options: [.json, .socket],
    notes: [
      "Handlers that stay as they are go on with what they have. When something is wrong with the files, it is told on the standard error as transomd --check tells it, nothing changes at all, and the status is 2."
    ]
  )

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let daemon = try invocation.daemon()
    let report: ReloadReport
    do throws(ChannelError) {
      report = try daemon.reload()
    } catch {
      guard error.code == .misuse else { throw error }
      // As the daemon says it: lines with file, line and column, which editors understand.
      StandardError.write(HarmlessText.text(error.what, keeping: ["\n", "\t"]) + "\n")
      around.warn("the daemon's configuration stays as it was")
      return error.code.exitStatus
    }
    if invocation.has(.json) {
      try around.output.addLine(JSONWriter.object { report.write(to: &$0) })
    } else {
      try around.output.add(text(report, around.style))
    }
    try around.output.flush()
    return 0
  }

  /// What has changed, a line for each way of changing.
  static func text(_ report: ReloadReport, _ style: Style = .plain) -> String {
    var text = report.lines.map { words, names in "\(style(.heading, words)): \(list(names))\n" }.joined()
    if !report.keysForNextStart.isEmpty {
      let keys = list(report.keysForNextStart)
      text += "\(style(.warning, "changed, and counting only from the daemon's next start on")): \(keys)\n"
    }
    for flaw in report.flaws { text += "\(style(.warning, "waits to be mended")): \(HarmlessText.text(flaw))\n" }
    return text.isEmpty ? "nothing has changed\n" : text
  }

  private static func list(_ values: [String]) -> String { HarmlessText.text(values.joined(separator: ", ")) }
}

extension Verb.Name {
  package static let reload = Self(rawValue: "reload")
}
