// One connection on a loop.

package import LinuxIO

/// Bytes to and from the other end of a connection, with a bound on what waits to be read there.
///
/// It is idle until `begin`. It is to be used on the loop's thread, and each verb traps on any other; it may be let go of
/// on any thread, which breaks it off, and is silent from then on. Whoever has written the last and cares for it calls
/// `finishWriting` and holds it until it is told that it is over.
package final class ByteStream: @unchecked Sendable {
  // @unchecked: each verb requires the loop's thread.

  /// What came of writing.
  package enum Writing: Sendable, Hashable {
    /// It is on its way, or will be.
    case taken
    /// Nothing was taken, because too much waits already; `drained` tells when to try again.
    case full
    /// The other end reads no more, it was told that nothing comes, or the stream is over.
    case closed
  }

  private let core: StreamCore

  /// A stream over a socket, which belongs to it from here on.
  package convenience init(
    _ socket: StreamSocket,
    limits: StreamLimits = StreamLimits(),
    on loop: Loop
  ) throws(SystemError) {
    self.init(try StreamCore(socket, limits, on: loop) {})
  }

  /// A stream that is read from one descriptor and written to another, which belong to it from here on: ends of pipes,
  /// terminals, files, sockets. Files are read and written in turns with all else, and keep the loop for as long as that
  /// takes. The ones that are not files are made non-blocking, also for whoever else has them, until they are closed.
  package convenience init(
    reading input: consuming OwnedDescriptor,
    writing output: consuming OwnedDescriptor,
    limits: StreamLimits = StreamLimits(),
    on loop: Loop
  ) throws(SystemError) {
    let halves = (StreamHalf(taking: input), StreamHalf(taking: output))
    self.init(try StreamCore(halves.0, .half(halves.1), limits, on: loop))
  }

  /// A stream over two FIFOs, which are read and written from here on, whether there is anybody at their other ends or not.
  /// What is written waits until there is. Who comes to read only when both ways have ended finds nobody.
  ///
  /// It ends with the session of the other end, as with a socket. Whoever then makes the next stream before letting go of
  /// this one misses nothing of what the next who comes says.
  package convenience init(
    reading input: Fifo,
    writing output: Fifo,
    limits: StreamLimits = StreamLimits(),
    on loop: Loop
  ) throws(SystemError) {
    guard input != output else { throw .isSameFifo(input.path) }
    self.init(try StreamCore(try input.openToRead(), .awaited(output), limits, on: loop))
  }

  /// A stream over standard input and output, which this program has no more from here on: what it prints all the same is
  /// refused, and goes to nobody.
  package static func standard(
    limits: StreamLimits = StreamLimits(),
    on loop: Loop
  ) throws(SystemError) -> ByteStream {
    let (input, output) = (try StreamHalf.standardInput(), try StreamHalf.standardOutput())
    return ByteStream(try StreamCore(input, .half(output), limits, on: loop))
  }

  /// A stream over standard output and input of a program, found as a shell does and given these words, its name first. It
  /// ends with the program, which is told to end when the stream is over, a moment later.
  package static func program(
    _ words: [String],
    limits: StreamLimits = StreamLimits(),
    on loop: Loop
  ) throws(SystemError) -> ByteStream {
    let (program, output, input) = try StreamProgram.start(words, on: loop)
    do throws(SystemError) {
      return ByteStream(try StreamCore(output, .half(input), of: program, limits, on: loop))
    } catch {
      program.letGo()
      throw error
    }
  }

  /// Two streams that are joined with each other.
  package static func pair(
    limits: StreamLimits = StreamLimits(),
    on loop: Loop
  ) throws(SystemError) -> (ByteStream, ByteStream) {
    let (one, other) = try StreamSocket.pair()
    return (try ByteStream(one, limits: limits, on: loop), try ByteStream(other, limits: limits, on: loop))
  }

  init(_ core: StreamCore) {
    self.core = core
  }

  deinit {
    core.letGo()
  }

  /// Has all that goes through it secured, from its beginning on. To be called once, before `begin`; `secured` tells who
  /// the other end is. What is written meanwhile waits for that.
  package func secure(by context: TLSContext) throws(TLSError) {
    core.loop.requireOwnThread()
    try core.secure(by: context)
  }

  /// Starts reading, and tells all that happens from here on. To be called once.
  package func begin(_ onEvent: @escaping (StreamEvent) -> Void) {
    core.loop.requireOwnThread()
    core.begin(onEvent)
  }

  /// Who connected, of a Unix socket that is open.
  package var peer: PeerCredentials? {
    core.loop.requireOwnThread()
    return core.peer
  }

  /// What is to be said of its end beside: how a program ended that should not have. Also when it is over.
  package var afterword: String? {
    core.loop.requireOwnThread()
    return core.afterword
  }

  /// Why nothing can be written any more; nil where that was not found out. Also when it is over.
  package var outputError: SystemError? {
    core.loop.requireOwnThread()
    return core.outputError
  }

  /// How long a line may be that is written, where each has a place of its own: whoever writes a longer one ends the
  /// stream. Nil where bytes follow bytes.
  package var lineLimit: Int? {
    core.loop.requireOwnThread()
    return core.lineLimit
  }

  /// How many bytes wait to be taken by the kernel.
  package var waitingCount: Int {
    core.loop.requireOwnThread()
    return core.waitingCount
  }

  /// Writes all of it or, while too much waits, nothing.
  package func write(_ bytes: [UInt8]) -> Writing {
    core.loop.requireOwnThread()
    return core.write(bytes)
  }

  /// Takes nothing more from the other end, which will notice once what is between the two is full.
  package func pauseReading() {
    core.loop.requireOwnThread()
    core.setPaused(true)
  }

  /// Goes on reading.
  package func resumeReading() {
    core.loop.requireOwnThread()
    core.setPaused(false)
  }

  /// Tells the other end that nothing comes after what was written; that still goes out, and reading goes on.
  package func finishWriting() {
    core.loop.requireOwnThread()
    core.finishWriting()
  }

  /// Breaks it off: what waits is dropped, and nothing is told any more.
  package func close() {
    core.loop.requireOwnThread()
    core.abandon()
  }
}
