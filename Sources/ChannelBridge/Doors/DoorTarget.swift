// What is asked for at a door.

internal import ChannelModel

/// What the target of a request names, with what its query says.
package struct DoorTarget: Hashable, Sendable {
  /// A thing that a door has.
  package enum Thing: Hashable, Sendable {
    /// What there is, for people.
    case index
    /// The same for programs, as OpenAPI has it.
    case description
    /// The module for browsers, and its types.
    case script
    case types
    case request(channel: String, method: String)
    case event(channel: String, name: String)
    case messages(channel: String)
    case socket(channel: String)
    /// Anything that the program behind a channel serves: `path` as it was written, with the `/` that it begins with;
    /// empty when that is missing.
    case gateway(channel: String, path: String)

    /// Whether it is posted to, and not read.
    package var isPosted: Bool {
      switch self {
      case .request, .event: true
      case .index, .description, .script, .types, .messages, .socket, .gateway: false
      }
    }

    /// Whether it is for somebody else to say what may be done with it.
    package var isPassedOn: Bool { if case .gateway = self { true } else { false } }
  }

  /// Why a target names nothing.
  package enum Fault: Error, Hashable, Sendable {
    case nothingThere
    /// An escape is none, or what it makes is no text.
    case unreadable
    case noReaderName(String)
    /// It is to be listened for events without a name.
    case noPattern
    case unknownParameter(String)
    /// A part of a path to pass on is `.` or `..`, however it was written: a program might leave its folder by it.
    case climbs
  }

  package let thing: Thing
  /// Under which name messages are kept, as whoever asks calls it.
  package private(set) var reader: String?
  /// Patterns for the events that are wanted; all are where there are none.
  package private(set) var events: [String] = []
  /// By which somebody shows who he is where nothing else can be said, as in a browser's WebSocket.
  package private(set) var token: String?
  /// What is passed on of the query: all but the token, as it was written.
  package private(set) var query = ""

  /// What stands in a request: a path, and a query behind it or not.
  package init(_ target: String) throws(Fault) {
    // By bytes, and not by characters, which takes ten times as long.
    let parts = target.utf8.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
    thing = try Self.thing(Substring(parts[0]))
    guard parts.count == 2 else { return }
    if thing.isPassedOn {
      let pairs = Substring(parts[1]).split(separator: "&", omittingEmptySubsequences: false)
      query = pairs.filter { !Self.isToken($0) }.joined(separator: "&")
      if let pair = pairs.last(where: Self.isToken) { token = try Self.value(of: pair) }
      return
    }
    for pair in Substring(parts[1]).split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = try Self.value(of: pair)
      switch halves[0] {
      case "reader":
        guard (try? ReaderName(Self.readerPrefix + value)) != nil, !value.isEmpty else { throw .noReaderName(value) }
        reader = value
      case "events":
        guard !value.isEmpty else { throw .noPattern }
        events.append(value)
      case "token": token = value
      case let name: throw .unknownParameter(String(name))
      }
    }
  }

  private static let gatewayPrefix = "/gateway/"

  /// What readers are called in the channel, so that whoever comes by a door takes nobody else's place.
  static let readerPrefix = "door-"

  private static func isToken(_ pair: Substring) -> Bool { pair == "token" || pair.hasPrefix("token=") }

  private static func value(of pair: Substring) throws(Fault) -> String {
    let value = pair.drop { $0 != "=" }.dropFirst()
    guard let text = PercentEncoding.decode(value) else { throw .unreadable }
    return text
  }

  private static func thing(_ path: Substring) throws(Fault) -> Thing {
    if path.hasPrefix(gatewayPrefix) { return try gateway(path.dropFirst(gatewayPrefix.count)) }
    switch path {
    case "/": return .index
    case "/openapi.json": return .description
    case "/transom.js": return .script
    case "/transom.d.ts": return .types
    default: break
    }
    var parts: [String] = []
    for part in path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      guard let text = PercentEncoding.decode(Substring(part)) else { throw .unreadable }
      guard !text.isEmpty else { throw .nothingThere }
      parts.append(text)
    }
    guard parts.count >= 3, parts[0] == "channels" else { throw .nothingThere }
    let channel = parts[1]
    switch (parts.count, parts[2]) {
    case (4, "requests"): return .request(channel: channel, method: parts[3])
    case (4, "events"): return .event(channel: channel, name: parts[3])
    case (3, "messages"): return .messages(channel: channel)
    case (3, "socket"): return .socket(channel: channel)
    default: throw .nothingThere
    }
  }

  /// What stands behind the prefix: a channel, and what is passed on as it was written.
  private static func gateway(_ rest: Substring) throws(Fault) -> Thing {
    let path = rest.drop { $0 != "/" }
    guard let channel = PercentEncoding.decode(rest[..<path.startIndex]),
      let plain = PercentEncoding.decode(path)
    else { throw .unreadable }
    guard !channel.isEmpty else { throw .nothingThere }
    // By bytes: an accent behind a slash would hide it.
    let names = plain.utf8.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
    guard !names.contains(where: { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }) else { throw .climbs }
    return .gateway(channel: channel, path: String(path))
  }
}

extension DoorTarget.Fault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .nothingThere: "there is nothing here; GET / says what there is"
    case .unreadable: "the path or its query cannot be read: an escape is % and two hexadecimal digits, of UTF-8"
    case .noReaderName: "a reader's name has letters, digits, . _ and -"
    case .noPattern: "events is the name of one, or a pattern such as progress.*"
    case .unknownParameter(let name):
      "there is no parameter \"\(name.prefix(40))\"; there are reader, events and token"
    case .climbs: "no part of the path may be . or .."
    }
  }
}
