// One object of a line while it is read.

internal import ChannelMessages
internal import ChannelModel

/// An object's members at hand, each to be asked for as what it has to be.
struct AdminObject {
  private let bytes: [UInt8]
  private var members: [String: Range<Int>] = [:]

  /// Reads a whole line.
  init(_ bytes: [UInt8]) throws(AdminFault) {
    self.bytes = bytes
    var members: [String: Range<Int>] = [:]
    var twice: String?
    do throws(JSONError) {
      try JSONMembers.walk(bytes.span, limits: JSONLimits(depth: AdminProtocol.depth, bytes: .max)) { member in
        // What has no text for a name is nothing that we know.
        guard let name = JSONString.decode(bytes, member.name) else { return }
        if members.updateValue(member.value, forKey: name) != nil { twice = twice ?? name }
      }
    } catch {
      throw AdminFault.json(error)
    }
    if let twice { throw AdminFault.twice(twice) }
    self.members = members
  }

  /// Whether it has the member, and that is not null.
  func has(_ key: String) -> Bool { value(key) != nil }

  // MARK: Texts

  func text(_ key: String) throws(AdminFault) -> String { try needed(key, try optionalText(key)) }

  func optionalText(_ key: String) throws(AdminFault) -> String? {
    guard let value = value(key) else { return nil }
    return try needed(key, Self.text(bytes, value), .wrongValue(key))
  }

  func texts(_ key: String) throws(AdminFault) -> [String] {
    try elements(key) { bytes, value in Self.text(bytes, value) }
  }

  /// One of the words that a type can be.
  func word<Word: RawRepresentable>(_ key: String) throws(AdminFault) -> Word where Word.RawValue == String {
    try needed(key, Word(rawValue: try text(key)), .wrongValue(key))
  }

  // MARK: Numbers

  func number(_ key: String) throws(AdminFault) -> UInt64 { try needed(key, try optionalNumber(key)) }

  func optionalNumber(_ key: String) throws(AdminFault) -> UInt64? {
    guard let value = value(key) else { return nil }
    return try needed(key, Self.number(bytes, value), .wrongValue(key))
  }

  func numbers(_ key: String) throws(AdminFault) -> [UInt64] {
    try elements(key) { bytes, value in Self.number(bytes, value) }
  }

  /// A number that a count in memory can be.
  func count(_ key: String) throws(AdminFault) -> Int {
    try needed(key, Int(exactly: try number(key)), .wrongValue(key))
  }

  func boolean(_ key: String) throws(AdminFault) -> Bool {
    let value = try needed(key, value(key))
    switch bytes[value.lowerBound] {
    case UInt8(ascii: "t"): return true
    case UInt8(ascii: "f"): return false
    default: throw .wrongValue(key)
    }
  }

  func time(_ key: String) throws(AdminFault) -> WallTime { WallTime(nanoseconds: try number(key)) }

  func optionalTime(_ key: String) throws(AdminFault) -> WallTime? {
    try optionalNumber(key).map { WallTime(nanoseconds: $0) }
  }

  func duration(_ key: String) throws(AdminFault) -> Duration { try needed(key, try optionalDuration(key)) }

  func optionalDuration(_ key: String) throws(AdminFault) -> Duration? {
    guard let number = try optionalNumber(key) else { return nil }
    return .nanoseconds(try needed(key, Int64(exactly: number), .wrongValue(key)))
  }

  // MARK: Objects

  func object(_ key: String) throws(AdminFault) -> AdminObject {
    let value = try needed(key, value(key))
    guard bytes[value.lowerBound] == UInt8(ascii: "{") else { throw .wrongValue(key) }
    return try AdminObject(Array(bytes[value]))
  }

  func objects(_ key: String) throws(AdminFault) -> [AdminObject] {
    let parts: [[UInt8]] = try elements(key) { bytes, value in
      bytes[value.lowerBound] == UInt8(ascii: "{") ? Array(bytes[value]) : nil
    }
    var objects: [AdminObject] = []
    for part in parts { objects.append(try AdminObject(part)) }
    return objects
  }

  // MARK: Parts

  /// Where a member's value stands; nil when it is missing or null.
  private func value(_ key: String) -> Range<Int>? {
    members[key].flatMap { bytes[$0.lowerBound] == UInt8(ascii: "n") ? nil : $0 }
  }

  private func needed<Value>(_ key: String, _ value: Value?, _ fault: AdminFault? = nil) throws(AdminFault) -> Value {
    guard let value else { throw fault ?? .missing(key) }
    return value
  }

  private func elements<Value>(
    _ key: String,
    _ read: ([UInt8], Range<Int>) -> Value?
  ) throws(AdminFault) -> [Value] {
    let whole = try needed(key, value(key))
    let part = Array(bytes[whole])
    var values: [Value?] = []
    do throws(JSONError) {
      try JSONElements.walk(part.span, limits: JSONLimits(depth: AdminProtocol.depth, bytes: .max)) { range in
        values.append(read(part, range))
      }
    } catch {
      // It is well-formed, or the line would be none.
      throw AdminFault.wrongValue(key)
    }
    let found = values.compactMap { $0 }
    guard found.count == values.count else { throw .wrongValue(key) }
    return found
  }

  private static func text(_ bytes: [UInt8], _ value: Range<Int>) -> String? {
    guard bytes[value.lowerBound] == UInt8(ascii: "\"") else { return nil }
    return JSONString.decode(bytes, value.lowerBound + 1..<value.upperBound - 1)
  }

  /// Only whole ones that are not below zero: no number here is another.
  private static func number(_ bytes: [UInt8], _ value: Range<Int>) -> UInt64? {
    let digits = bytes[value]
    guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return UInt64(String(decoding: digits, as: UTF8.self))
  }
}
