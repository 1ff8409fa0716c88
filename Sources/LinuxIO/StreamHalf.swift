// A descriptor that is written or read, and is no socket as a rule.

internal import CLinux
internal import Glibc

/// One way of a stream: one end of a pipe or a FIFO, a terminal, a file, or a socket of which only one way is used.
///
/// SIGPIPE must be ignored or blocked by who writes. What it does not wait for is up to whoever watches it, who makes it
/// non-blocking; files answer as fast as they can.
package final class StreamHalf {
  private var descriptor: OwnedDescriptor?
  /// What the descriptor was set to before.
  private let flags: Int32
  /// Whether it is an end of a pipe or a FIFO, of which the kernel reports nothing but what comes and that the other end
  /// has gone.
  package let isPipe: Bool

  /// From here on the descriptor belongs to this.
  package init(taking descriptor: consuming OwnedDescriptor) {
    var facts = stat()
    isPipe = unsafe fstat(descriptor.number, &facts) == 0 && facts.st_mode & S_IFMT == S_IFIFO
    flags = fcntl(descriptor.number, F_GETFL)
    self.descriptor = consume descriptor
  }

  /// Both ends of a pipe, which children do not inherit by themselves.
  package static func pipe() throws(SystemError) -> (reading: StreamHalf, writing: StreamHalf) {
    let pipe = try Pipe()
    return (StreamHalf(taking: pipe.reading), StreamHalf(taking: pipe.writing))
  }

  /// Standard input, which this program has no more from here on: whoever reads it all the same is refused.
  package static func standardInput() throws(SystemError) -> StreamHalf {
    try standard(0, toWrite: 0, "standard input")
  }

  /// Standard output, which this program has no more from here on: whoever writes to it all the same is refused.
  package static func standardOutput() throws(SystemError) -> StreamHalf {
    try standard(1, toWrite: 1, "standard output")
  }

  private static func standard(_ number: Int32, toWrite: Int32, _ name: String) throws(SystemError) -> StreamHalf {
    let taken = try systemCall("fcntl", on: name) { clinux_take_over(number, toWrite) }
    return StreamHalf(taking: OwnedDescriptor(taking: taken))
  }

  deinit {
    close()
  }

  /// The number to wait by; nil once it was closed.
  package var number: Int32? { descriptor?.number }

  /// Takes what came, into the beginning of the buffer and no more than that holds.
  package func read(into buffer: inout [UInt8]) throws(SystemError) -> Transfer {
    guard let number else { return .ended }
    return try Transfer.ofReading { () throws(SystemError) in
      try systemCall("read") {
        unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(number, $0.baseAddress, $0.count) }
      }
    }
  }

  /// Gives as many of the bytes as there is room for: EPIPE when the other end reads no more.
  package func write(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Transfer {
    guard let number else { return .ended }
    return try Transfer.of { () throws(SystemError) in
      try systemCall("write") {
        unsafe bytes.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
      }
    }
  }

  /// Tells the other end of a socket, which may be open elsewhere, that nothing comes after what was given. That of a pipe
  /// is told by closing it.
  package func tellEnd() {
    if let number { _ = clinux_finish_writing(number) }
  }

  /// Closes it, and leaves what others have of it as it was.
  package func close() {
    guard let number else { return }
    if flags >= 0, flags & O_NONBLOCK == 0 { _ = fcntl(number, F_SETFL, flags) }
    descriptor = nil
  }
}
