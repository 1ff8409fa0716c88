// One message a line.

package import ChannelMessages

/// The directory channel's own messages as lines of JSON.
///
///     {"id":"7c…","timestamp":1700000000000,"type":"request","method":"sum","payload":[1,2]}
///     {"id":"8d…","timestamp":1700000000001,"type":"response","reply_to":"7c…","payload":3}
///     {"ack":"9e…"}
///     {"refused":"line 4: a value was expected at byte 17"}
///
/// Whoever writes by hand may leave out `id`, `timestamp` and `payload`: a request without an id is answered under one
/// that is made up. A line with `ack` names the messages, one or an array of them, that are taken over for good; one with
/// `refused` says why the other end reads no more, and is its last. Empty lines mean nothing.
package struct LinesWire: Wire {
  /// So long a line may be, when nobody says otherwise.
  package static let lineLimit = 8 << 20
  /// So many ids are acknowledged in a line at most.
  private static let mostAcknowledged = 4_096

  private var cutter: LineCutter
  private var line: UInt64 = 0
  private var isOver = false

  /// What ids that are made up begin with: whoever compares those of several connections needs another one for each.
  private let prefix: String

  package init(lineLimit: Int = LinesWire.lineLimit, naming prefix: String = "") {
    cutter = LineCutter(limit: lineLimit)
    self.prefix = prefix
  }

  // MARK: Reading

  package mutating func take(_ bytes: [UInt8]) -> [WireItem] {
    guard !isOver else { return [] }
    var items: [WireItem] = []
    cutter.take(bytes)
    do throws(WireRefusal) {
      while let line = try nextLine() {
        if let item = try item(of: line) { items.append(item) }
      }
    } catch {
      isOver = true
      items.append(.refused(error))
    }
    return items
  }

  private mutating func nextLine() throws(WireRefusal) -> [UInt8]? {
    do throws(LineCutter.TooLong) {
      guard let next = try cutter.next() else { return nil }
      line += 1
      return next
    } catch {
      throw WireRefusal("line \(line + 1): it is longer than \(error.limit) bytes")
    }
  }

  private func item(of bytes: [UInt8]) throws(WireRefusal) -> WireItem? {
    if bytes.isEmpty || bytes == [UInt8(ascii: "\r")] { return nil }
    do throws(JSONError) {
      return .message(try Message(bytes))
    } catch {
      switch error.reason {
      // Mostly these are none: so it is looked at again only where it was no whole message.
      case .missingKey: return try shortItem(of: bytes)
      default: throw refusal(error)
      }
    }
  }

  /// What a line is that lacks something of a message.
  private func shortItem(of bytes: [UInt8]) throws(WireRefusal) -> WireItem {
    var members: [(name: String, value: Range<Int>)] = []
    do throws(JSONError) {
      try JSONMembers.walk(bytes.span) { member in
        members.append((JSONString.decode(bytes, member.name) ?? "", member.value))
      }
    } catch {
      throw refusal(error)
    }
    if members.count == 1 {
      switch members[0].name {
      case "ack": return .acknowledged(try ids(bytes, members[0].value))
      case "refused": return .refusedThere(try text(bytes, members[0].value))
      default: break
      }
    }
    var writer = JSONWriter(reservingCapacity: bytes.count + 64)
    writer.beginObject()
    let names = Set(members.map(\.name))
    if !names.contains("id") {
      writer.key("id")
      writer.string("\(prefix)line-\(line)")
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
    do throws(JSONError) {
      return .message(try Message(writer.bytes))
    } catch {
      throw WireRefusal("line \(line): \(error.reason)")
    }
  }

  private func ids(_ bytes: [UInt8], _ value: Range<Int>) throws(WireRefusal) -> [String] {
    guard bytes[value.lowerBound] == UInt8(ascii: "[") else { return [try text(bytes, value)] }
    var places: [Range<Int>] = []
    let array = Array(bytes[value])
    do throws(JSONError) {
      try JSONElements.walk(array.span) { places.append($0) }
    } catch {
      throw refusal(error)
    }
    guard places.count <= Self.mostAcknowledged else {
      throw WireRefusal("line \(line): \"ack\" names more than \(Self.mostAcknowledged) messages")
    }
    var ids: [String] = []
    for place in places { ids.append(try text(array, place)) }
    return ids
  }

  private func text(_ bytes: [UInt8], _ value: Range<Int>) throws(WireRefusal) -> String {
    guard bytes[value.lowerBound] == UInt8(ascii: "\""),
      let text = JSONString.decode(bytes, value.lowerBound + 1..<value.upperBound - 1)
    else { throw WireRefusal("line \(line): a text was expected") }
    return text
  }

  private func refusal(_ error: JSONError) -> WireRefusal { WireRefusal("line \(line): \(error)") }

  // MARK: Writing

  package func encode(_ message: Message) -> [UInt8] { message.encode() + [UInt8(ascii: "\n")] }

  package func encode(acknowledging ids: [String]) -> [UInt8]? {
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
    return writer.bytes + [UInt8(ascii: "\n")]
  }

  package func encode(refusal: WireRefusal) -> [UInt8]? {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("refused")
    writer.string(refusal.description)
    writer.endObject()
    return writer.bytes + [UInt8(ascii: "\n")]
  }
}
