// Payloads as they stand on a command line.

package import ChannelMessages

/// Makes payloads from arguments and lines.
package enum PayloadText {
  /// The payload that an argument names: literally, `@FILE`, or `-`; nothing is `null`.
  package static func read(_ argument: String, isText: Bool) throws(UsageError) -> JSONText {
    if argument.isEmpty, !isText { return .null }
    if argument == "-" {
      return try payload(of: InputBytes.standardInput(), from: "the standard input", isText: isText, cutsLine: true)
    }
    if argument.hasPrefix("@") {
      let path = String(argument.dropFirst())
      return try payload(of: InputBytes.file(path), from: path, isText: isText, cutsLine: true)
    }
    return try payload(of: Array(argument.utf8), from: "the payload", isText: isText)
  }

  /// The payload that bytes are: JSON, or text that becomes a JSON string.
  package static func payload(
    of bytes: [UInt8],
    from source: String,
    isText: Bool,
    cutsLine: Bool = false
  ) throws(UsageError) -> JSONText {
    if isText {
      if let text = text(bytes, cutsLine: cutsLine) { return text }
      throw UsageError("\(source) is no text in UTF-8", hint: "encode it, for instance with base64")
    }
    do throws(JSONError) {
      return try JSONText(validating: bytes)
    } catch {
      throw UsageError("\(source) is no JSON: \(error)", hint: hint(for: bytes))
    }
  }

  /// Text as a JSON string; nil when it is not UTF-8.
  package static func text(_ bytes: [UInt8], cutsLine: Bool) -> JSONText? {
    let text = cutsLine && bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...]
    guard let string = String(validating: text, as: UTF8.self) else { return nil }
    var writer = JSONWriter(reservingCapacity: text.count + 16)
    writer.string(string)
    // What the writer makes of a text is JSON.
    return JSONText(trusted: writer.bytes)
  }

  private static func hint(for bytes: [UInt8]) -> String {
    switch bytes.first {
    case nil: "an empty payload is written null"
    case UInt8(ascii: "{"), UInt8(ascii: "["): "keys and texts stand in double quotes, and all of it in single ones"
    default: "text is a value in double quotes: '\"text\"'; @FILE reads a file"
    }
  }
}
