// What a child is given, and what it says.

internal import Glibc

extension ChildProcess {
  /// What came of it.
  package struct Said: Sendable {
    package var output: [UInt8] = []
    /// The beginning of what it wrote to its standard error.
    package var errors: [UInt8] = []
    /// Whether it wrote more to its standard output than it may; then it was ended.
    package var isTooLong = false
  }

  /// Gives it its input and takes its output, whichever it is ready for, until it has closed both streams.
  ///
  /// Where `onOutput` is given it gets the output as it comes, nothing is kept and the limit does not count.
  ///
  /// To be called where SIGPIPE is ignored or blocked: the child need not read.
  package func exchange(
    _ bytes: [UInt8],
    outputLimit: Int,
    errorLimit: Int,
    onOutput: ((ArraySlice<UInt8>) -> Void)? = nil,
    onErrors: (ArraySlice<UInt8>) -> Void
  ) -> Said {
    var said = Said()
    var given = 0
    var (hasOutput, hasErrors) = (true, true)
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    if bytes.isEmpty { closeInput() }
    while hasOutput || hasErrors {
      var wanted = [
        // A negative number is passed over.
        pollfd(fd: inputNumber ?? -1, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: hasOutput ? output.number : -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: hasErrors ? errors.number : -1, events: Int16(POLLIN), revents: 0),
      ]
      if unsafe poll(&wanted, 3, -1) < 0 { continue }
      if wanted[0].revents != 0 {
        given += feed(bytes[given...])
        if given == bytes.count { closeInput() }
      }
      if wanted[1].revents != 0 {
        let count = Self.take(from: output.number, &buffer)
        hasOutput = count != 0
        let part = buffer.prefix(max(0, count))
        if let onOutput {
          if !part.isEmpty { onOutput(part) }
        } else {
          said.output += part
        }
        if said.output.count > outputLimit {
          said.isTooLong = true
          Self.end(number, .forced)
          break
        }
      }
      if wanted[2].revents != 0 {
        let count = Self.take(from: errors.number, &buffer)
        hasErrors = count != 0
        let part = buffer.prefix(max(0, count))
        said.errors += part.prefix(max(0, errorLimit - said.errors.count))
        if !part.isEmpty { onErrors(part) }
      }
    }
    closeInput()
    return said
  }

  /// How much of it the child took; all of it when it reads no more, which is its right.
  private func feed(_ bytes: ArraySlice<UInt8>) -> Int {
    guard let number = inputNumber else { return 0 }
    let count = unsafe bytes.withUnsafeBytes { unsafe write(number, $0.baseAddress, $0.count) }
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR ? 0 : bytes.count
  }

  /// How many bytes came; 0 at the end, less when there are none now.
  private static func take(from number: Int32, _ buffer: inout [UInt8]) -> Int {
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(number, $0.baseAddress, $0.count) }
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR ? -1 : 0
  }
}
