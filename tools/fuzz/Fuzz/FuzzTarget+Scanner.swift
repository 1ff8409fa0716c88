internal import ChannelMessages

extension FuzzTarget {
  /// A window's text.
  ///
  /// Memory: 512 open objects, the most whose keys are followed, need 16 KiB in a stack that doubles from 1 KiB, so 31
  /// in all, and the eight unreadable elements allowed 3; a message of 28 bytes has an element of 80, a key of 5 bytes
  /// an entry of 16, and arrays that double request up to four times what they hold in the end.
  static let scanner = FuzzTarget(
    name: "scanner",
    maximumLength: 4_096,
    allocationBase: 40 << 10,
    allocationPerByte: 16,
    seeds: ["json/peer.tsv", "json/rfc8259.tsv", "windows"]
  ) { bytes in
    let limits = JSONLimits(unreadable: 8)
    let result = Result { () throws(JSONError) in try MessageArray.scan(bytes, limits: limits) }
    uncounted { checkScan(bytes, result, limits) }
  }

  private static func checkScan(_ bytes: [UInt8], _ result: Result<[MessageElement], JSONError>, _ limits: JSONLimits) {
    let verdict = PeerReader.judge(bytes)
    switch result {
    case .failure(let error):
      check(error.offset <= bytes.count, "an error stands in the text")
      if error.reason == .tooManyUnreadable {
        check(verdict != .accepts, "the peer takes no element that is no message")
      } else {
        check(!Oracle.acceptsGrammar(bytes) || error.reason == .expectedArray, "well-formed text was refused: \(error)")
        if verdict == .accepts { checkEmptyForPeer(bytes) }
      }
      _ = try? MessageArray.scan(Array(bytes[..<error.offset]), limits: limits)
    case .success(let elements):
      check(Oracle.acceptsGrammar(bytes), "malformed text was taken")
      checkElements(elements, bytes)
      checkTails(elements, bytes, limits)
      checkCuts(bytes, limits)
      let isReadable = elements.allSatisfy { $0.message != nil && $0.message?.hazard == nil }
      let isTooDeep = elements.contains { $0.content.reason == .tooDeep }
      check((verdict == .accepts) == isReadable || isTooDeep, "judged otherwise than scanned: \(verdict)")
    }
  }

  /// What the peer takes and the scanner does not is nothing, or `[]`, among white space that is not JSON's.
  private static func checkEmptyForPeer(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let rest = text.unicodeScalars.filter { !$0.properties.isWhitespace }.map(Character.init)
    check(rest.isEmpty || rest == ["[", "]"], "the peer was said to take what is no array")
  }

  private static func checkElements(_ elements: [MessageElement], _ bytes: [UInt8]) {
    var end = 1
    for element in elements {
      check(element.range.lowerBound >= end && element.range.upperBound < bytes.count, "elements follow one another")
      end = element.range.upperBound
      let own = Array(bytes[element.range])
      switch element.content {
      case .unreadable(let error):
        check(element.range.contains(error.offset), "the reason stands in the element")
        check((try? Message(own)) == nil, "an unreadable element was read")
      case .message(let index):
        checkMessage(index, own, bytes)
      }
    }
  }

  private static func checkMessage(_ index: MessageIndex, _ own: [UInt8], _ bytes: [UInt8]) {
    let message = Message(index, in: bytes)
    check((try? Message(own)) == message, "a message alone is the same message")
    for part in [index.id, index.payload, index.method, index.replyTo, index.error] {
      guard let part else { continue }
      check(index.range.lowerBound < part.lowerBound && part.upperBound < index.range.upperBound, "parts are inside")
    }
    check(Oracle.accepts(message.payload.bytes), "a payload is a value")
    if let payload = try? JSONText(validating: message.payload.bytes) {
      let hazard = payload.peerHazard.map { $0.offset + index.payload.lowerBound }
      check(hazard == index.hazard?.offset, "a hazard stands in the payload")
    }
    let encoded = message.encode()
    check((try? Message(encoded))?.encode() == encoded, "an encoded message comes back")
    check(JSONString.matches(bytes, index.id, message.id), "an id matches what it is decoded to")
  }

  private static func checkTails(_ elements: [MessageElement], _ bytes: [UInt8], _ limits: JSONLimits) {
    for number in [0, elements.count / 2, elements.count - 1] where elements.indices.contains(number) {
      let tail = try? MessageArray.scanTail(bytes, from: elements[number].range.lowerBound, limits: limits)
      check(tail == Array(elements[number...]), "a tail has the same elements")
    }
  }

  /// A text without its end is torn there, wherever it is cut.
  private static func checkCuts(_ bytes: [UInt8], _ limits: JSONLimits) {
    let bracket = bytes.lastIndex(of: UInt8(ascii: "]")) ?? 0
    var cut = bracket
    while cut > 0 {
      do throws(JSONError) {
        _ = try MessageArray.scan(Array(bytes[..<cut]), limits: limits)
        check(false, "a torn text was taken")
      } catch {
        check(error == JSONError(offset: cut, reason: .unexpectedEnd), "a torn text breaks at its end: \(error)")
      }
      // Eight places at most, so that long inputs do not get slow.
      cut -= max(1, bracket / 8)
    }
  }
}

extension MessageElement.Content {
  fileprivate var reason: JSONError.Reason? {
    switch self {
    case .message: nil
    case .unreadable(let error): error.reason
    }
  }
}
