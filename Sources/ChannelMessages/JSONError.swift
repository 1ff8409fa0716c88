/// Where a text stops being JSON, or where an element stops being a message, and why.
public struct JSONError: Error, Hashable, Sendable {
  /// The first byte that cannot be right, counted from the start of the text; its length when the text is torn.
  public let offset: Int
  /// What is wrong there.
  public let reason: Reason

  /// An error at a place in the text.
  ///
  /// - Parameters:
  ///   - offset: The first byte that cannot be right.
  ///   - reason: What is wrong there.
  public init(offset: Int, reason: Reason) {
    self.offset = offset
    self.reason = reason
  }

  /// A key that means something in a message.
  public enum Key: String, Hashable, Sendable, CaseIterable {
    /// The id.
    case id
    /// Milliseconds since 1970.
    case timestamp
    /// Request, response or event.
    case type
    /// The id of the request that a response answers.
    case replyTo = "reply_to"
    /// The method of a request, the name of an event.
    case method
    /// What is sent.
    case payload
    /// Why a request failed.
    case error
  }

  /// What can be wrong: first with a text, then with one element of it.
  public enum Reason: Hashable, Sendable {
    /// The text ends in the middle.
    case unexpectedEnd
    /// No value begins with this byte.
    case expectedValue
    /// A key must come here.
    case expectedKey
    /// A colon must follow a key.
    case expectedColon
    /// After an item of an array comes a comma or the end of the array.
    case expectedCommaOrBracket
    /// After a value of an object comes a comma or the end of the object.
    case expectedCommaOrBrace
    /// A comma stands before a closing bracket.
    case trailingComma
    /// A number begins with a zero and goes on.
    case leadingZero
    /// A number is not finished.
    case badNumber
    /// Something begins like `true`, `false` or `null` and goes on otherwise.
    case badLiteral
    /// A raw control character stands in a string.
    case controlCharacter
    /// A backslash with something after it that JSON does not know.
    case badEscape
    /// Something follows the end of the value.
    case junkAfterEnd
    /// The text is no array.
    case expectedArray
    /// The text begins with a byte order mark.
    case byteOrderMark
    /// The text is longer than allowed.
    case tooLong
    /// More elements are no messages than allowed.
    case tooManyUnreadable

    /// The element is neither an object nor an array.
    case notAMessage
    /// A message lacks a key.
    case missingKey(Key)
    /// The value under a key has another type than a message has there.
    case wrongType(Key)
    /// A known key stands there twice.
    case duplicateKey(Key)
    /// The timestamp is no whole number from 0 to 2^64 - 1 in plain digits.
    case badTimestamp
    /// The type is none of the three.
    case unknownKind
    /// A message in array form has other than seven items.
    case wrongItemCount
    /// The bytes are not UTF-8.
    case invalidUTF8
    /// Arrays and objects nest deeper than allowed.
    case tooDeep
    /// A `\u` escape is half of a surrogate pair, where text is needed.
    case loneSurrogate
  }
}

extension JSONError: CustomStringConvertible {
  /// The reason and the place in plain words.
  public var description: String { "\(reason) at byte \(offset)" }
}

extension JSONError.Reason: CustomStringConvertible {
  /// The reason in plain words.
  public var description: String {
    switch self {
    case .unexpectedEnd: "the text ends in the middle of a value"
    case .expectedValue: "a value was expected"
    case .expectedKey: "a key in double quotes was expected"
    case .expectedColon: "a colon was expected after the key"
    case .expectedCommaOrBracket: "a comma or ']' was expected"
    case .expectedCommaOrBrace: "a comma or '}' was expected"
    case .trailingComma: "a comma stands before the closing bracket"
    case .leadingZero: "a number has a leading zero"
    case .badNumber: "a digit was expected"
    case .badLiteral: "only true, false and null may be written without quotes"
    case .controlCharacter: "a control character in a string must be escaped"
    case .badEscape: "no such escape"
    case .junkAfterEnd: "something follows the end of the value"
    case .expectedArray: "an array was expected"
    case .byteOrderMark: "the text begins with a byte order mark"
    case .tooLong: "the text is longer than allowed"
    case .tooManyUnreadable: "too many elements are no messages"
    case .notAMessage: "a message is an object"
    case .missingKey(let key): "the message has no \"\(key.rawValue)\""
    case .wrongType(let key): "\"\(key.rawValue)\" has the wrong type"
    case .duplicateKey(let key): "\"\(key.rawValue)\" is there twice"
    case .badTimestamp: "\"timestamp\" must be a whole number from 0 to 18446744073709551615 in plain digits"
    case .unknownKind: "\"type\" must be \"request\", \"response\" or \"event\""
    case .wrongItemCount: "a message written as an array has seven items"
    case .invalidUTF8: "the bytes are not UTF-8"
    case .tooDeep: "arrays and objects nest too deeply"
    case .loneSurrogate: "a \\u escape is half of a surrogate pair"
    }
  }
}
