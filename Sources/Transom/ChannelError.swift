// The one error of the library.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO

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
}

extension ChannelError: CustomStringConvertible {
  /// `<path>: <what> (<hint>)`, as the command line prints it.
  public var description: String { "\(path): \(what) (\(hint))" }
}

extension ChannelError {
  init(_ error: FileError, at path: String) {
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
