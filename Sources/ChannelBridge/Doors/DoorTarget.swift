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
  }

  /// Why a target names nothing.
  package enum Fault: Error, Hashable, Sendable {
    case nothingThere
    /// An escape is none, or what it makes is no text.
    case unreadable
    case noReaderName(String)
    case unknownParameter(String)
  }

  package let thing: Thing
  /// Under which name messages are kept, as whoever asks calls it.
  package private(set) var reader: String?
  /// By which somebody shows who he is where nothing else can be said, as in a browser's WebSocket.
  package private(set) var token: String?

  /// What stands in a request: a path, and a query behind it or not.
  package init(_ target: String) throws(Fault) {
    // By bytes, and not by characters, which takes ten times as long.
    let parts = target.utf8.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
    thing = try Self.thing(Substring(parts[0]))
    guard parts.count == 2 else { return }
    for pair in Substring(parts[1]).split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let value = PercentEncoding.decode(halves.count == 2 ? halves[1] : "") else { throw .unreadable }
      switch halves[0] {
      case "reader":
        guard (try? ReaderName(Self.readerPrefix + value)) != nil, !value.isEmpty else { throw .noReaderName(value) }
        reader = value
      case "token": token = value
      case let name: throw .unknownParameter(String(name))
      }
    }
  }

  /// What readers are called in the channel, so that whoever comes by a door takes nobody else's place.
  static let readerPrefix = "door-"

  private static func thing(_ path: Substring) throws(Fault) -> Thing {
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
}

extension DoorTarget.Fault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .nothingThere: "there is nothing here; GET / says what there is"
    case .unreadable: "the path or its query cannot be read: an escape is % and two hexadecimal digits, of UTF-8"
    case .noReaderName: "a reader's name has letters, digits, . _ and -"
    case .unknownParameter(let name): "there is no parameter \"\(name.prefix(40))\"; there are reader and token"
    }
  }
}
