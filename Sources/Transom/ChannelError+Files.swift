// What floors below throw, told as the library's own error.

internal import ChannelModel
package import LinuxIO

extension ChannelError {
  package init(_ error: SystemError, at path: String) {
    let place = error.subject.isEmpty ? path : error.subject
    self.init(Code(error), at: place, error.what, hint: Code.hint(for: error), systemCode: error.code)
  }

  /// Makes file calls and tells what they throw; `path` is named where the error itself names none.
  package static func files<Result: ~Copyable>(
    at path: @autoclosure () -> String,
    _ body: () throws(FileError) -> Result
  ) throws(ChannelError) -> Result {
    do {
      return try body()
    } catch {
      throw ChannelError(error, at: path())
    }
  }

  /// Makes system calls and tells what they throw.
  package static func calls<Result: ~Copyable>(
    at path: @autoclosure () -> String,
    _ body: () throws(SystemError) -> Result
  ) throws(ChannelError) -> Result {
    do {
      return try body()
    } catch {
      throw ChannelError(error, at: path())
    }
  }
}

extension ChannelError {
  /// What is thrown once a message was appended: it must not look unsent. The highest number stands for all that were.
  static func notProjected(_ number: SequenceNumber, _ error: ChannelError) -> ChannelError {
    let what = number == .highest ? "accepted" : "accepted as message \(number.rawValue)"
    return ChannelError(
      .notProjected,
      at: error.path,
      "\(what), and not yet visible to 1.0 programs: \(error.what)",
      hint: "do not send it again, the next to send shows it; \(error.hint)"
    )
  }
}
