// What floors below throw, told as the library's own error.

internal import ChannelModel
internal import LinuxIO

extension ChannelError {
  /// Makes file calls and tells what they throw; `path` is named where the error itself names none.
  static func files<Result: ~Copyable>(
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
  static func calls<Result: ~Copyable>(
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
