// A command line while it is read, word by word.

internal import ChannelMessages

/// What was read of a command line so far.
struct ArgumentReading {
  var values: [Option.Name: [String]] = [:]
  private var operands: [String] = []
  /// The words behind `--` for a verb that runs a command; nil when there was none.
  private var command: [String]?
  private let options: [Option]
  private let verb: Verb?

  init(_ options: [Option], verb: Verb?) {
    self.options = options
    self.verb = verb
  }

  private var takesCommand: Bool { verb?.operands.contains { $0.kind == .command } ?? false }

  /// What the hint of a mistake ends with.
  private var manual: String { "see \(CommandTable.program) \(verb.map { "\($0.name.rawValue) " } ?? "")--help" }

  /// Takes the word at `place`, and its value with it.
  mutating func take(_ words: [String], _ place: inout Int) throws(UsageError) {
    let word = words[place]
    place += 1
    if word == "--" {
      let rest = Array(words[place...])
      if takesCommand { command = rest } else { operands += rest }
      place = words.count
    } else if !Arguments.isOption(word) {
      operands.append(word)
    } else if word.hasPrefix("--") {
      try takeLong(word, words, &place)
    } else {
      try takeShort(word, words, &place)
    }
  }

  private mutating func takeLong(_ word: String, _ words: [String], _ place: inout Int) throws(UsageError) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let option = options.first(where: { $0.long == parts[0] }) else { throw unknown(parts[0]) }
    if option.value == .none {
      guard parts.count == 1 else {
        throw UsageError("\(option.long) takes no value", hint: "write \(option.long) alone")
      }
      values[option.name, default: []].append("")
    } else if option.value == .command {
      guard parts.count == 1 else {
        throw UsageError("\(option.long)= takes one word only", hint: "write \(option.long) COMMAND [ARG]...")
      }
      try takeCommand(of: option, words, &place)
    } else {
      try add(option, parts.count == 2 ? parts[1] : next(for: option, words, &place))
    }
  }

  /// All words that are left, whatever they look like; `--` may stand before them.
  private mutating func takeCommand(of option: Option, _ words: [String], _ place: inout Int) throws(UsageError) {
    let rest = words[place...].first == "--" ? words[(place + 1)...] : words[place...]
    guard let program = rest.first, !program.isEmpty else {
      throw UsageError("\(option.long) needs a command", hint: "\(option.long) \(option.value.placeholder ?? "")")
    }
    values[option.name] = Array(rest)
    place = words.count
  }

  /// One letter or several; what follows a letter that takes a value is that value.
  private mutating func takeShort(_ word: String, _ words: [String], _ place: inout Int) throws(UsageError) {
    var letters = word.dropFirst()
    while let letter = letters.popFirst() {
      guard let option = options.first(where: { $0.short == letter }) else { throw unknown("-\(letter)") }
      guard option.value != .none else {
        values[option.name, default: []].append("")
        continue
      }
      try add(option, letters.isEmpty ? next(for: option, words, &place) : String(letters))
      return
    }
  }

  private mutating func add(_ option: Option, _ value: String) throws(UsageError) {
    guard !value.isEmpty else { throw UsageError("\(option.long) is empty", hint: option.says) }
    if let fault = option.fault(in: value) { throw fault }
    values[option.name, default: []].append(value)
  }

  private func next(for option: Option, _ words: [String], _ place: inout Int) throws(UsageError) -> String {
    guard place < words.count, words[place] != "--" else {
      throw UsageError("\(option.long) needs a value", hint: "\(option.long) \(option.value.placeholder ?? "")")
    }
    defer { place += 1 }
    return words[place]
  }

  private func unknown(_ word: String) -> UsageError {
    let known = options.map(\.long) + options.compactMap { option in option.short.map { "-\($0)" } }
    if let nearest = Suggestion.nearest(to: word, among: known.filter { $0.count > 2 }), word.count > 2 {
      return UsageError("unknown option \(word)", hint: "did you mean \(nearest)?")
    }
    return UsageError("unknown option \(word)", hint: takesCommand ? "-- goes before the command; \(manual)" : manual)
  }

  /// A word too many may be the value of an option that has to be there.
  private func hint(onWordsOf verb: Verb) -> String {
    guard operands.count > 1, let missing = verb.options.first(where: { $0.isRequired && values[$0.name] == nil })
    else {
      return verb.usage
    }
    return "did you mean \(missing.long) \(operands[1])? \(verb.usage)"
  }

  /// Puts the operands in their places.
  func finish(_ verb: Verb) throws(UsageError) -> Invocation {
    var rest = operands[...]
    var placed: [Operand.Name: [String]] = [:]
    for operand in verb.operands {
      if operand.kind == .command {
        guard let command, !command.isEmpty else {
          throw UsageError("a command is missing", hint: "write it behind --: \(verb.usage)")
        }
        placed[operand.name] = command
      } else if let word = rest.popFirst() {
        if case .choice(let words) = operand.kind, !words.contains(word) {
          throw .unknown(operand.name.rawValue.lowercased(), word, among: words)
        }
        guard !word.isEmpty || operand.kind == .json else {
          throw UsageError("\(operand.name.rawValue) is empty", hint: operand.says)
        }
        // A variable that nobody set: telling that is better than sending null in its place.
        guard !word.isEmpty || operand.kind != .json || values[.text] != nil else {
          throw UsageError("JSON is empty", hint: "an empty payload is written null, or left out")
        }
        placed[operand.name] = [word]
      } else if !operand.isOptional {
        throw UsageError("\(operand.name.rawValue) is missing", hint: verb.usage)
      }
    }
    if let extra = rest.first {
      throw UsageError(
        "one word too many: \"\(extra)\"",
        hint: takesCommand ? "-- goes before the command" : hint(onWordsOf: verb)
      )
    }
    for option in verb.options where option.isRequired && values[option.name] == nil {
      throw UsageError("\(option.long) is missing", hint: verb.usage)
    }
    return Invocation(verb: verb, options: values, operands: placed)
  }
}
