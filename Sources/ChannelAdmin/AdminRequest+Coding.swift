// Questions as lines.

internal import ChannelMessages
internal import ChannelModel

extension AdminRequest {
  /// The line that asks it, without its line feed.
  package func encode() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("version", AdminProtocol.version)
      writer.member("verb", verb.rawValue)
      switch self {
      case .status, .reload: break
      case .channels(let limit): writer.member("limit", limit)
      case .trace(let id): writer.member("id", id)
      case .configuration(let form): writer.member("form", form.rawValue)
      case .letters(let selection, let after, let limit):
        selection.write(to: &writer)
        writer.member("after", after)
        writer.member("limit", limit)
      case .letter(let letter): writer.member("letter", letter)
      case .retry(let choice), .drop(let choice): choice.write(to: &writer)
      }
    }
  }

  /// Reads a line; how long it may be is the matter of whoever has cut it.
  package init(decoding line: [UInt8]) throws(AdminFault) {
    let object = try AdminObject(line)
    let version = try object.number("version")
    guard version == AdminProtocol.version else { throw .version(version) }
    let name = try object.text("verb")
    guard let verb = Verb(rawValue: name) else { throw .unknownVerb(name) }
    switch verb {
    case .status: self = .status
    case .channels: self = .channels(limit: try object.count("limit"))
    case .trace: self = .trace(id: try object.text("id"))
    case .reload: self = .reload
    case .configuration: self = .configuration(try object.word("form"))
    case .letters:
      self = .letters(
        try LetterSelection(object),
        after: try object.optionalNumber("after"),
        limit: try object.count("limit")
      )
    case .letter: self = .letter(try object.text("letter"))
    case .retry: self = .retry(try LetterChoice(object))
    case .drop: self = .drop(try LetterChoice(object))
    }
  }

  /// What a request is called on the wire.
  private enum Verb: String {
    case status, channels, trace, reload, configuration, letters, letter, retry, drop
  }

  private var verb: Verb {
    switch self {
    case .status: .status
    case .channels: .channels
    case .trace: .trace
    case .reload: .reload
    case .configuration: .configuration
    case .letters: .letters
    case .letter: .letter
    case .retry: .retry
    case .drop: .drop
    }
  }
}

extension LetterSelection {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.member("channel", channel)
    writer.member("method", method)
  }

  fileprivate init(_ object: AdminObject) throws(AdminFault) {
    self.init(channel: try object.optionalText("channel"), method: try object.optionalText("method"))
  }
}

extension LetterChoice {
  fileprivate func write(to writer: inout JSONWriter) {
    switch self {
    case .one(let letter): writer.member("letter", letter)
    case .all(let selection):
      writer.member("all", true)
      selection.write(to: &writer)
    }
  }

  /// Whoever means all has to say so: a member that was lost on the way must not make one letter all of them.
  fileprivate init(_ object: AdminObject) throws(AdminFault) {
    guard !object.has("letter") else {
      guard !object.has("all") else { throw .wrongValue("all") }
      self = .one(try object.text("letter"))
      return
    }
    guard object.has("all") else { throw .missing("letter") }
    guard try object.boolean("all") else { throw .wrongValue("all") }
    self = .all(try LetterSelection(object))
  }
}
