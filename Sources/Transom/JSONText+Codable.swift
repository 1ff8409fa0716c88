// Typed values in and out of payloads. The only file that imports Foundation's essentials: a program that stays with
// `JSONText` pays nothing for it at run time.

public import ChannelMessages
internal import FoundationEssentials

extension JSONText {
  /// A value of yours as JSON.
  ///
  /// - Parameter value: What to write.
  /// - Throws: ``ChannelError`` with ``ChannelError/Code/notCodable`` where the value cannot be written.
  public init(encoding value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    do {
      // The encoder writes valid JSON, but for text that it took from others as it was: so it is looked at.
      try self.init(validating: [UInt8](try encoder.encode(value)))
    } catch {
      throw ChannelError(.notCodable, at: "\(type(of: value))", "cannot be written as JSON: \(Self.words(for: error))")
    }
  }

  /// Reads the text as a value of yours.
  ///
  /// - Parameter type: What to read it as.
  /// - Returns: The value.
  /// - Throws: ``ChannelError`` with ``ChannelError/Code/notCodable`` naming the key at fault.
  public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      throw ChannelError(.notCodable, at: "\(type)", "cannot be read from this JSON: \(Self.words(for: error))")
    }
  }

  private static func words(for error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      "\"\(key.stringValue)\" is missing\(place(context.codingPath))"
    case DecodingError.typeMismatch(let type, let context):
      "a value of type \(type) is expected\(place(context.codingPath))"
    case DecodingError.valueNotFound(let type, let context): "null where a \(type) belongs\(place(context.codingPath))"
    case DecodingError.dataCorrupted(let context): "\(context.debugDescription)\(place(context.codingPath))"
    case EncodingError.invalidValue(_, let context): "\(context.debugDescription)\(place(context.codingPath))"
    default: "\(error)"
    }
  }

  private static func place(_ path: [any CodingKey]) -> String {
    path.isEmpty ? "" : " at \(path.map(\.stringValue).joined(separator: "."))"
  }
}
