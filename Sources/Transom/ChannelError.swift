// The one error of the library.

internal import ChannelMessages
internal import ChannelModel
internal import Glibc
package import LinuxIO

/// Why a channel did not do what it was asked to: what happened, where, and what to do about it.
///
/// Everything that this library throws is a `ChannelError`, but for what your own code throws (a handler, an
/// `Encodable` value) and `CancellationError` for a task that was cancelled.
public struct ChannelError: Error, Sendable, Hashable {
  /// What kind of thing went wrong: switch on it, and have a `default` for kinds that are added later.
  public let code: Code
  /// Where: the file or directory at fault, or the channel.
  public let path: String
  /// What happened, in plain words.
  public let what: String
  /// What to do about it.
  public let hint: String
  /// What is in the journal all the same, and so must not be sent again: the messages that are not yet shown or flushed,
  /// or the request that nobody answered in time. Empty for every other error.
  public private(set) var accepted: [Receipt] = []
  /// What the system said, where it was the system that said something.
  private(set) var systemCode: Int32?

  /// An error made of its parts, for programs that report their own in the same form.
  ///
  /// - Parameters:
  ///   - code: What kind of thing went wrong.
  ///   - path: Where.
  ///   - what: What happened.
  ///   - hint: What to do about it; empty for the code's own hint.
  public init(_ code: Code, at path: String, _ what: String, hint: String = "") {
    self.code = code
    self.path = path
    self.what = what
    self.hint = hint.isEmpty ? code.hint : hint
  }

  /// The same error, about messages that are in the journal all the same.
  package func accepting(_ receipts: [Receipt]) -> ChannelError {
    var error = self
    error.accepted = receipts
    return error
  }
}

extension ChannelError: CustomStringConvertible {
  /// `<path>: <what> (<hint>)`, as the command line prints it, with the ids of what was accepted all the same.
  public var description: String { "\(path): \(what)\(ids) (\(hint))" }

  private var ids: String {
    guard let first = accepted.first, let last = accepted.last else { return "" }
    return first == last ? "; its id is \(first.id)" : "; their ids are \(first.id) to \(last.id)"
  }
}

extension ChannelError {
  /// Made of what the system said.
  init(_ code: Code, at path: String, _ what: String, hint: String, systemCode: Int32) {
    self.init(code, at: path, what, hint: hint)
    self.systemCode = systemCode
  }

  /// Whether the system does not let this process write there.
  var isOfLackingRights: Bool { [EACCES, EPERM, EROFS].contains(systemCode) }

  /// Whether there is no such file or directory.
  var isOfSomethingMissing: Bool { systemCode == ENOENT }

  package init(_ error: FileError, at path: String) {
    switch error {
    case .system(let error): self.init(error, at: path)
    case .refused(let refusal): self.init(.refused, at: refusal.path, refusal.reason.what, hint: refusal.reason.remedy)
    }
  }

  init(_ failure: DiskFormat.Failure, at path: String) {
    if case .newer = failure.fault {
      self.init(.newerFormat, at: path, "\(failure)")
    } else {
      self.init(.damaged, at: path, "\(failure)")
    }
  }
}
