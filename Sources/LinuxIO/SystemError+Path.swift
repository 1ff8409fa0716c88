// The layer of calls knows names; who knows the path puts it in front, and only when there is an error to tell.

extension SystemError {
  /// The same error about a file whose whole path is known here.
  func on(_ path: String) -> SystemError {
    SystemError(call, on: path, code: code)
  }

  /// Runs calls and puts the path into what they throw.
  @inline(__always)
  static func naming<Result: ~Copyable>(
    _ path: @autoclosure () -> String,
    _ body: () throws(SystemError) -> Result
  ) throws(SystemError) -> Result {
    do {
      return try body()
    } catch {
      throw error.on(path())
    }
  }
}
