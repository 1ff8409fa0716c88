// One row of the argument table: an option.

internal import ChannelMessages

/// An option of a verb: how it is written, what it takes, and what is so without it.
package struct Option: Hashable, Sendable {
  /// Every option there is; the raw value is how it is written.
  package enum Name: String, Hashable, Sendable, CaseIterable {
    case ack
    case all
    case `as`
    case ca
    case cert
    case channel
    case color
    case count
    case durability
    case event
    case exec
    case from
    case group
    case help
    case `in`
    case interval
    case jobs
    case json
    case key
    case lease
    case listen
    case lockTimeout = "lock-timeout"
    case method
    case name
    case once
    case origin
    case out
    case connections
    case peers
    case quiet
    case reader
    case socket
    case stdin
    case text
    case timeout
    case token
    case type
    case unprotected
    case version
    case visibility
    case wait
  }

  /// What follows an option.
  package enum Value: Hashable, Sendable {
    /// Nothing: it is there or not.
    case none
    /// Any text; the word stands for it in help.
    case text(String)
    case duration
    case count(ClosedRange<Int>)
    /// One of these words.
    case choice([String])
    /// A program and its arguments: all words that are left.
    case command

    /// What stands for the value in help; nil where there is none.
    package var placeholder: String? {
      switch self {
      case .none: nil
      case .text(let word): word
      case .duration: "DURATION"
      case .count: "COUNT"
      case .command: "COMMAND [ARG]..."
      case .choice(let words): words.joined(separator: "|")
      }
    }
  }

  package let name: Name
  package let short: Character?
  package let value: Value
  /// What is so without it; empty where that is nothing.
  package let standard: String
  package let isRepeatable: Bool
  package let isRequired: Bool
  /// What it does, one sentence without its full stop.
  package let says: String

  package init(
    _ name: Name,
    short: Character? = nil,
    _ value: Value,
    standard: String = "",
    isRepeatable: Bool = false,
    isRequired: Bool = false,
    _ says: String
  ) {
    self.name = name
    self.short = short
    self.value = value
    self.standard = standard
    self.isRepeatable = isRepeatable
    self.isRequired = isRequired
    self.says = says
  }

  /// How it is written in full: `--count`.
  package var long: String { "--\(name.rawValue)" }

  /// Why a value is none for this option; nil when it is good.
  package func fault(in text: String) -> UsageError? {
    switch value {
    case .none, .text, .command:
      return nil
    case .duration:
      guard DurationText.parse(text) == nil else { return nil }
      let isBareNumber = Int(text) != nil
      return UsageError(
        "\"\(text)\" is no duration for \(long)",
        hint: isBareNumber ? "say in which unit: \(text)s, \(text)ms" : "write 500ms, 5s or 2m"
      )
    case .count(let range):
      if let number = Int(text), range.contains(number) { return nil }
      let allowed =
        range.upperBound == .max
        ? "\(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
      return UsageError("\"\(text)\" is no number for \(long)", hint: "a whole number, \(allowed)")
    case .choice(let words):
      guard !words.contains(text) else { return nil }
      return .unknown("value", text, of: long, among: words)
    }
  }
}
