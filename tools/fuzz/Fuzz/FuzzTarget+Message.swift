internal import ChannelMessages

extension FuzzTarget {
  /// One element, decoded into a message and encoded again.
  ///
  /// Memory: 512 open objects as for the scanner; a copy of each part, and of each text once more while it is unescaped; an unknown field of 5 bytes takes
  /// two ranges and a field of 24 bytes in arrays that double, and an array of 33 bytes for its value.
  static let message = FuzzTarget(
    name: "message",
    maximumLength: 2_048,
    allocationBase: 40 << 10,
    allocationPerByte: 64,
    seeds: ["json/messages.tsv", "messages"]
  ) { bytes in
    do throws(JSONError) {
      let message = try Message(bytes)
      let encoded = message.encode()
      uncounted { checkMessage(message, bytes, encoded) }
    } catch {
      uncounted {
        check(error.offset <= bytes.count, "an error stands in the text")
        let array = [UInt8(ascii: "[")] + bytes + [UInt8(ascii: "]")]
        let elements = (try? MessageArray.scan(array)) ?? []
        check(elements.count != 1 || elements[0].message == nil, "what is a message in an array is one alone")
      }
    }
  }

  private static func checkMessage(_ message: Message, _ bytes: [UInt8], _ encoded: [UInt8]) {
    check(Oracle.accepts(bytes) && Oracle.accepts(encoded), "a message is JSON")
    check(!encoded.contains { $0 < 0x20 }, "an encoded message stands on one line")
    guard var again = try? Message(encoded) else { return check(false, "an encoded message can be read") }
    check(again.encode() == encoded, "encoding is stable")
    // White space in values is all that encoding may change.
    again.payload = message.payload
    for index in again.unknownFields.indices { again.unknownFields[index].value = message.unknownFields[index].value }
    check(again == message, "encoding keeps every part")
    let array = [UInt8(ascii: "[")] + encoded + [UInt8(ascii: "]")]
    check((try? MessageArray.scan(array))?.first?.message != nil, "an encoded message can stand in a window")
  }
}
