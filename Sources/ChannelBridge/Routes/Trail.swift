// Which bridges a message has crossed.

package import ChannelMessages

/// The names of the bridges that a message came over, as they stand under `via`: none crosses the same bridge twice, nor
/// too many.
package enum Trail {
  /// Why a message must not go across.
  package enum Fault: Error, Hashable, Sendable {
    /// It came over this very bridge.
    case circle
    case tooLong
    /// What stands under `via` is no trail.
    case unreadable
  }

  private static let key = "via"
  /// So many bridges are enough for everybody.
  package static let longest = 8

  /// The fields of a message as they are behind the bridge of this name.
  package static func extended(_ fields: [MessageField], by bridge: String) throws(Fault) -> [MessageField] {
    var names: [String] = []
    if let field = fields.first(where: { $0.name == key }) { names = try Self.names(field.value.bytes) }
    guard !names.contains(bridge) else { throw .circle }
    guard names.count < longest else { throw .tooLong }
    var writer = JSONWriter()
    writer.beginArray()
    for name in names + [bridge] { writer.string(name) }
    writer.endArray()
    guard let field = MessageField(name: key, value: JSONText(trusted: writer.bytes)) else { throw .unreadable }
    return fields.filter { $0.name != key } + [field]
  }

  /// Whether a message of these fields came over a bridge.
  package static func isOn(_ fields: [MessageField]) -> Bool { fields.contains { $0.name == key } }

  private static func names(_ bytes: [UInt8]) throws(Fault) -> [String] {
    var names: [String?] = []
    do throws(JSONError) {
      try JSONElements.walk(bytes.span) { place in
        let isText = bytes[place.lowerBound] == UInt8(ascii: "\"")
        names.append(isText ? JSONString.decode(bytes, place.lowerBound + 1..<place.upperBound - 1) : nil)
      }
    } catch {
      throw .unreadable
    }
    let texts = names.compactMap(\.self)
    guard texts.count == names.count else { throw .unreadable }
    return texts
  }
}

extension Trail.Fault: CustomStringConvertible {
  /// In plain words.
  package var description: String {
    switch self {
    case .circle: "it goes in a circle: it came over this bridge before"
    case .tooLong: "it came over \(Trail.longest) bridges already"
    case .unreadable: "\"via\" is no list of names"
    }
  }
}
