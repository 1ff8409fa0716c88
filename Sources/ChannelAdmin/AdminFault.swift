// What is wrong with a line.

package import ChannelMessages

/// Why a line of the protocol means nothing.
package enum AdminFault: Error, Sendable, Hashable {
  case tooLong(limit: Int)
  /// It is no object in JSON.
  case json(JSONError)
  case missing(String)
  /// A member has another value than it can have.
  case wrongValue(String)
  case twice(String)
  /// Another version of the protocol than ours.
  case version(UInt64)
  case unknownVerb(String)
  /// The lines of an answer do not belong together.
  case mixed
}

extension AdminFault: CustomStringConvertible {
  /// In plain words.
  package var description: String {
    switch self {
    case .tooLong(let limit): "the line is longer than \(limit) bytes"
    case .json(let error): "the line is no object: \(error.reason), at byte \(error.offset)"
    case .missing(let key): "\"\(key)\" is missing"
    case .wrongValue(let key): "\"\(key)\" cannot have this value"
    case .twice(let key): "\"\(key)\" is there twice"
    case .version(let version):
      "it is of version \(version) of the protocol, and this is version \(AdminProtocol.version)"
    case .unknownVerb(let verb): "there is no verb \"\(verb.prefix(80))\""
    case .mixed: "the answer's lines do not belong together"
    }
  }
}
