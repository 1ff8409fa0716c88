// One thing that is said, as JSON.

internal import ChannelMessages

/// Understands and writes what is said between two programs, one JSON object for each: a message of the directory channel,
/// what is acknowledged, or what is refused.
///
///     {"id":"7c…","timestamp":1700000000000,"type":"request","method":"sum","payload":[1,2]}
///     {"id":"8d…","timestamp":1700000000001,"type":"response","reply_to":"7c…","payload":3}
///     {"ack":"9e…"}
///     {"refused":"line 4: a value was expected at byte 17"}
///
/// Whoever writes by hand may leave out `id`, `timestamp` and `payload`: a request without an id is answered under one
/// that is made up. `ack` names the messages, one or an array of them, that are taken over for good; `refused` says why the
/// other end reads no more, and is its last.
struct ItemText: Sendable {
  /// So many ids are acknowledged at once.
  private static let mostAcknowledged = 4_096

  /// What one of them is called where it stands, such as a line.
  let unit: String
  /// What ids that are made up begin with: whoever compares those of several connections needs another one for each.
  let prefix: String

  // MARK: Reading

  /// What these bytes say, which are the one of this number.
  func item(of bytes: [UInt8], number: UInt64) throws(WireRefusal) -> WireItem {
    let message: Message
    do throws(JSONError) {
      message = try Message(bytes)
    } catch {
      switch error.reason {
      // Mostly these are none: so it is looked at again only where it was no whole message.
      case .missingKey: return try shortItem(of: bytes, number)
      default: throw refusal("\(error)", number)
      }
    }
    return try item(message, number)
  }

  /// Nobody could say what a question or a piece of news without a name is about.
  private func item(_ message: Message, _ number: UInt64) throws(WireRefusal) -> WireItem {
    if message.method == nil, message.kind != .response {
      throw refusal("\"method\" is missing", number)
    }
    return .message(message)
  }

  /// What it is that lacks something of a message.
  private func shortItem(of bytes: [UInt8], _ number: UInt64) throws(WireRefusal) -> WireItem {
    var members: [(name: String, value: Range<Int>)] = []
    do throws(JSONError) {
      try JSONMembers.walk(bytes.span) { member in
        members.append((JSONString.decode(bytes, member.name) ?? "", member.value))
      }
    } catch {
      throw refusal("\(error)", number)
    }
    if members.count == 1 {
      switch members[0].name {
      case "ack": return .acknowledged(try ids(bytes, members[0].value, number))
      case "refused": return .refusedThere(try text(bytes, members[0].value, number))
      default: break
      }
    }
    var writer = JSONWriter(reservingCapacity: bytes.count + 64)
    writer.beginObject()
    let names = Set(members.map(\.name))
    if !names.contains("id") {
      writer.key("id")
      writer.string("\(prefix)\(unit)-\(number)")
    }
    if !names.contains("timestamp") {
      writer.key("timestamp")
      writer.integer(UInt64(0))
    }
    if !names.contains("payload") {
      writer.key("payload")
      writer.null()
    }
    for (name, value) in members {
      writer.key(name)
      writer.raw(JSONText(trusted: Array(bytes[value])))
    }
    writer.endObject()
    let message: Message
    do throws(JSONError) {
      message = try Message(writer.bytes)
    } catch {
      throw refusal("\(error.reason)", number)
    }
    return try item(message, number)
  }

  private func ids(_ bytes: [UInt8], _ value: Range<Int>, _ number: UInt64) throws(WireRefusal) -> [String] {
    guard bytes[value.lowerBound] == UInt8(ascii: "[") else { return [try text(bytes, value, number)] }
    var places: [Range<Int>] = []
    let array = Array(bytes[value])
    do throws(JSONError) {
      try JSONElements.walk(array.span) { places.append($0) }
    } catch {
      throw refusal("\(error)", number)
    }
    guard places.count <= Self.mostAcknowledged else {
      throw refusal("\"ack\" names more than \(Self.mostAcknowledged) messages", number)
    }
    var ids: [String] = []
    for place in places { ids.append(try text(array, place, number)) }
    return ids
  }

  private func text(_ bytes: [UInt8], _ value: Range<Int>, _ number: UInt64) throws(WireRefusal) -> String {
    guard bytes[value.lowerBound] == UInt8(ascii: "\""),
      let text = JSONString.decode(bytes, value.lowerBound + 1..<value.upperBound - 1)
    else { throw refusal("a text was expected", number) }
    return text
  }

  private func refusal(_ words: String, _ number: UInt64) -> WireRefusal {
    WireRefusal("\(unit) \(number): \(words)")
  }

  // MARK: Writing

  func encode(acknowledging ids: [String]) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("ack")
    if ids.count == 1 {
      writer.string(ids[0])
    } else {
      writer.beginArray()
      for id in ids { writer.string(id) }
      writer.endArray()
    }
    writer.endObject()
    return writer.bytes
  }

  func encode(refusal: WireRefusal) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("refused")
    writer.string(refusal.description)
    writer.endObject()
    return writer.bytes
  }
}
