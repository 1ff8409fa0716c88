// Whom a rule is about.

package import ChannelModel

/// Some of those who may come, as people write it in a rule.
///
/// A plain name is that of a token or of a certificate, and `*` in it stands for anything. `token:NAME`,
/// `certificate:NAME` and `user:NUMBER` are about one way of being known only. `*` alone is anybody who is known at
/// all, and `anonymous` anybody who is not.
package enum AccessSubject: Hashable, Sendable {
  case anonymous
  /// Anybody who is known.
  case known
  case named(MethodPattern)
  case token(MethodPattern)
  /// One of its names is enough; one that has none is called nothing.
  case certificate(MethodPattern)
  /// Nil: any.
  case user(UInt32?)

  /// Why a text is about nobody.
  package enum Fault: Error, Hashable, Sendable {
    case isEmpty
    case noUserNumber
  }

  static let anonymousWord = "anonymous"

  package init(_ text: String) throws(Fault) {
    let (kind, name) = Self.halves(of: text)
    guard !name.isEmpty else { throw .isEmpty }
    switch kind {
    case "token": self = .token(MethodPattern(name))
    case "certificate": self = .certificate(MethodPattern(name))
    case "user" where name == "*": self = .user(nil)
    case "user":
      guard name.utf8.allSatisfy({ (48...57).contains($0) }), let user = UInt32(name) else { throw .noUserNumber }
      self = .user(user)
    default:
      switch text {
      case Self.anonymousWord: self = .anonymous
      case "*": self = .known
      default: self = .named(MethodPattern(text))
      }
    }
  }

  /// Whether somebody is one of them.
  package func includes(_ identity: AccessIdentity) -> Bool {
    switch (self, identity) {
    case (.anonymous, .anonymous): true
    case (_, .anonymous), (.anonymous, _): false
    case (.known, _), (.user(nil), .process): true
    case (.named(let pattern), .token(let name)), (.token(let pattern), .token(let name)): pattern.matches(name)
    case (.named(let pattern), .certificate(let names)), (.certificate(let pattern), .certificate(let names)):
      (names.isEmpty ? [""] : names).contains(where: pattern.matches)
    case (.user(let wanted?), .process(let user, _)): wanted == user
    case (.named, .process), (.token, _), (.certificate, _), (.user, _): false
    }
  }

  /// The way of being known, where one is named, and the name behind it.
  private static func halves(of text: String) -> (kind: String?, name: String) {
    for kind in ["token", "certificate", "user"] where text.hasPrefix("\(kind):") {
      return (kind, String(text.dropFirst(kind.count + 1)))
    }
    return (nil, text)
  }
}

extension AccessSubject.Fault: CustomStringConvertible {
  /// In plain words, and with what to write.
  package var description: String {
    switch self {
    case .isEmpty: "a name is missing (write the name of a token or a certificate, user:NUMBER, * or anonymous)"
    case .noUserNumber: "a user is known by number (write it like user:1000)"
    }
  }
}
