// An answer of HTTP, from a program that has only files.

package import ChannelMessages
package import ChannelWires

/// What the program behind a gateway has answered, once it is known that it can be passed on as it is.
package struct GatewayAnswer: Hashable, Sendable {
  package let status: Int
  package private(set) var headers: [HTTPHeader]
  package let body: [UInt8]

  /// More headers, or longer ones, are refused by many who would have to read them.
  package static let mostHeaders = 128
  package static let mostHeaderBytes = 32 << 10

  /// A text is a page of text, and an object with a member `status` says itself what it is; anything else is JSON.
  package init(_ payload: JSONText) throws(GatewayFault) {
    let type: String
    if let text = try Self.text(payload.bytes, "the answer") {
      (status, headers, body, type) = (200, [], Array(text.utf8), HTTPContentType.text.rawValue)
    } else if let members = try Self.members(payload), let written = members["status"] {
      status = try Self.status(written)
      headers = try members["headers"].map { value throws(GatewayFault) in try Self.headers(value) } ?? []
      (body, type) = try Self.body(members)
      let isBodiless = status == 204 || status == 205 || status == 304
      guard !isBodiless || body.isEmpty else { throw .bodyOf(status) }
    } else {
      (status, headers, body, type) = (200, [], payload.bytes, HTTPContentType.json.rawValue)
    }
    guard !body.isEmpty, !headers.contains(where: { $0.isNamed("Content-Type") }) else { return }
    headers += [HTTPHeader("Content-Type", type)].compactMap(\.self)
  }

  // MARK: Parts

  /// The members of an object; nil for anything else. Where it has a status there is none that nobody knows.
  private static func members(_ payload: JSONText) throws(GatewayFault) -> [String: ArraySlice<UInt8>]? {
    let bytes = payload.bytes
    guard bytes.first == UInt8(ascii: "{") else { return nil }
    var members: [(name: String?, value: ArraySlice<UInt8>)] = []
    do throws(JSONError) {
      try JSONMembers.walk(bytes.span, limits: JSONLimits(bytes: .max)) { member in
        members.append((JSONString.decode(bytes, member.name), bytes[member.value]))
      }
    } catch {
      throw .noText("the answer")
    }
    guard members.contains(where: { $0.name == "status" }) else { return nil }
    var known: [String: ArraySlice<UInt8>] = [:]
    for (name, value) in members {
      guard let name, ["status", "headers", "body", "body_base64"].contains(name) else {
        throw .unknownMember(name ?? "")
      }
      guard known.updateValue(value, forKey: name) == nil else { throw .saidTwice(name) }
    }
    return known
  }

  private static func status(_ value: ArraySlice<UInt8>) throws(GatewayFault) -> Int {
    let text = String(decoding: value, as: UTF8.self)
    guard value.count == 3, let status = Int(text), (200...599).contains(status) else { throw .noStatus(text) }
    return status
  }

  private static func headers(_ value: ArraySlice<UInt8>) throws(GatewayFault) -> [HTTPHeader] {
    var headers: [HTTPHeader] = []
    var byteCount = 0
    for pair in try elements(value) {
      let parts = try elements(pair)
      guard parts.count == 2, let name = try text(parts[0], "headers"), let value = try text(parts[1], "headers") else {
        throw .noHeaders
      }
      guard let header = HTTPHeader(name, value) else { throw .noHeader(name) }
      guard !header.isForOneHop else { throw .notItsOwn(name) }
      byteCount += name.utf8.count + value.utf8.count
      headers.append(header)
    }
    guard headers.count <= mostHeaders, byteCount <= mostHeaderBytes else { throw .tooManyHeaders }
    guard headers.count(where: { $0.isNamed("Content-Type") }) <= 1 else { throw .saidTwice("Content-Type") }
    return headers
  }

  private static func elements(_ value: ArraySlice<UInt8>) throws(GatewayFault) -> [ArraySlice<UInt8>] {
    let bytes = Array(value)
    var elements: [ArraySlice<UInt8>] = []
    do throws(JSONError) {
      try JSONElements.walk(bytes.span, limits: JSONLimits(bytes: .max)) { elements.append(bytes[$0]) }
    } catch {
      throw .noHeaders
    }
    return elements
  }

  /// The bytes, and what they are where no header says so.
  private static func body(_ members: [String: ArraySlice<UInt8>]) throws(GatewayFault) -> ([UInt8], type: String) {
    switch (members["body"], members["body_base64"]) {
    case (_?, _?): throw .saidTwice("body")
    case (let value?, nil):
      guard let text = try text(value, "body") else { throw .noText("body") }
      return (Array(text.utf8), HTTPContentType.text.rawValue)
    case (nil, let value?):
      guard let text = try text(value, "body_base64"), let bytes = Base64.bytes(of: text) else { throw .noBase64 }
      return (bytes, HTTPContentType.bytes.rawValue)
    case (nil, nil): return ([], HTTPContentType.text.rawValue)
    }
  }

  /// A text; nil when the value is something else.
  private static func text(_ value: some Collection<UInt8>, _ name: String) throws(GatewayFault) -> String? {
    guard value.first == UInt8(ascii: "\"") else { return nil }
    let bytes = Array(value)
    guard let text = JSONString.decode(bytes, 1..<bytes.count - 1) else { throw .noText(name) }
    return text
  }
}
