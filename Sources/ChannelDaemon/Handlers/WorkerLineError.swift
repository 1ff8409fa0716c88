// A worker's line that is no answer.

package import ChannelMessages

/// What is wrong with it, and where.
package struct WorkerLineError: Error, Sendable, Hashable {
  package enum Reason: Sendable, Hashable {
    case json(JSONError.Reason)
    case notAnObject
    case missing(String)
    /// The value under this key is not what belongs there.
    case wrongValue(String)
    case twice(String)
    /// None of the three that say how it went, or more than one.
    case notOneOutcome
    case tooLong(limit: Int)
  }

  /// Which of the worker's lines it is; the first is 1.
  package let line: Int
  /// The first byte of it that cannot be right.
  package let offset: Int
  package let reason: Reason
  /// The message that it was about, as far as it could be read.
  package let id: String?

  /// What it begins with, as a log may have it.
  package let beginning: String

  private static let longestBeginning = 60

  package init(line: Int, offset: Int, reason: Reason, id: String?, beginning: some Sequence<UInt8>) {
    self.line = line
    self.offset = offset
    self.reason = reason
    self.id = id
    self.beginning = HarmlessLine.text(beginning, longest: Self.longestBeginning)
  }
}

extension WorkerLineError: CustomStringConvertible {
  package var description: String {
    "\(TomlText.string(beginning)) (line \(line), byte \(offset): \(reason)); an answer is one line such as "
      + #"{"id":"…","result":1}, and everything else belongs on standard error"#
  }
}

extension WorkerLineError.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .json(let reason): reason.description
    case .notAnObject: "an answer is an object"
    case .missing(let key): "there is no \"\(key)\""
    case .wrongValue("later"): "\"later\" must be true"
    case .wrongValue(let key): "\"\(key)\" must be a string"
    case .twice(let key): "\"\(key)\" is there twice"
    case .notOneOutcome: "one of \"result\", \"error\" and \"later\" must be there"
    case .tooLong(let limit): "it is longer than \(limit) bytes"
    }
  }
}
