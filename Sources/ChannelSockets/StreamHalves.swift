// Two descriptors that are one stream.

internal import LinuxIO

/// What a stream is read from and what it is written to, where these are not the same.
///
/// Of two FIFOs each session of the other end is one stream, as with sockets: it has ended when the last who wrote has
/// gone, and refuses when the last who read has. So the FIFOs are not held open from both sides, which would never wait
/// either, but hide both. The one that is written cannot be opened before somebody reads it, which is tried again and
/// again; what is written meanwhile waits here.
final class StreamHalves: @unchecked Sendable {
  // @unchecked: it is touched on the loop's thread only.

  /// Where what is written goes.
  enum Output {
    case half(StreamHalf)
    /// Somebody has still to open it for reading.
    case awaited(Fifo)
    case closed
  }

  private static let shortestPause = Duration.milliseconds(5)
  private static let longestPause = Duration.milliseconds(500)

  private let loop: Loop
  private let onReady: (DescriptorWatch.Readiness) -> Void
  private let input: StreamHalf
  private var output: Output
  /// What is at the other ends, where that is one program: its end is the end of both ways.
  private let program: StreamProgram?
  /// Whether that has been told.
  private var hasReadEnd = false
  private var inputWatch: HalfWatch?
  private var outputWatch: HalfWatch?
  private var interest: DescriptorWatch.Readiness = []
  private var hasBegun = false
  private var isFinishing = false
  /// What was written to, and is kept open until the end: where it is the input as well, what is done to it when it is
  /// closed is done to that.
  private var former: StreamHalf?
  private var error: SystemError?
  private var retry: LoopTimer?
  private var pause = StreamHalves.shortestPause

  init(
    _ input: StreamHalf,
    _ output: Output,
    of program: StreamProgram? = nil,
    on loop: Loop,
    _ onReady: @escaping (DescriptorWatch.Readiness) -> Void
  ) throws(SystemError) {
    self.loop = loop
    self.onReady = onReady
    self.input = input
    self.output = output
    self.program = program
    inputWatch = try HalfWatch(on: loop, input) { [weak self] _ in self?.hear() }
    if case .half(let half) = output { try watch(half) }
    program?.onEnd = { [weak self] in self?.programHasEnded() }
  }

  /// Begins to look for who reads, and whether somebody does: there is somebody to be told from here on.
  func begin() {
    hasBegun = true
    attend()
    tryOutput()
  }

  private func watch(_ half: StreamHalf) throws(SystemError) {
    outputWatch = try HalfWatch(on: loop, half) { [weak self] in
      if $0 == .failed { self?.loseReader() } else { self?.onReady(.writable) }
    }
    attend()
  }

  /// Something came, or nothing more will, which reading tells.
  private func hear() {
    // Whoever has opened one is about to open the other.
    if retry?.isSet == true { tryOutput() }
    onReady(.readable)
  }

  // MARK: What is awaited

  private func tryOutput() {
    guard case .awaited(let fifo) = output else { return }
    do throws(SystemError) {
      guard let half = try fifo.openToWrite() else { return rest() }
      output = .half(half)
      retry = nil
      try watch(half)
      if isFinishing { finishWriting() }
    } catch {
      retry = nil
      let error = error
      // Not within a call on the stream.
      loop.performUnlessOver { [weak self] in self?.lose(error) }
    }
  }

  private func rest() {
    let timer = retry ?? LoopTimer(on: loop) { [weak self] in self?.tryOutput() }
    retry = timer
    timer.set(after: pause)
    pause = min(pause * 2, Self.longestPause)
  }

  /// What a program has said before it ended comes first.
  private func loseReader() {
    if program == nil { lose(.brokenPipe) } else { closeOutput() }
  }

  private func lose(_ error: SystemError) {
    if case .closed = output { return }
    closeOutput()
    self.error = error
    onReady(.failed)
  }

  // MARK: What a stream does

  func read(into buffer: inout [UInt8]) throws(SystemError) -> Transfer {
    let transfer = try input.read(into: &buffer)
    guard transfer == .ended, let program else { return transfer }
    guard program.hasEnded else {
      // It is about to end, or says nothing more: how it ends is part of the end.
      inputWatch?.end()
      inputWatch = nil
      return .wouldBlock
    }
    hasReadEnd = true
    // What still waits for it is in vain.
    loop.performUnlessOver { [weak self] in self?.onReady(.writable) }
    return .ended
  }

  func write(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Transfer {
    switch output {
    case .half(let half):
      do throws(SystemError) {
        return try half.write(bytes)
      } catch {
        guard program != nil, !hasReadEnd else { throw error }
        closeOutput()
        return .wouldBlock
      }
    case .awaited: return .wouldBlock
    case .closed:
      if program != nil, !hasReadEnd { return .wouldBlock }
      throw error ?? .brokenPipe
    }
  }

  private func programHasEnded() {
    // Otherwise there is more to read before the end, which is told by reading.
    if inputWatch == nil { onReady(.readable) }
  }

  /// How the program ended, where it should not have.
  var afterword: String? { program?.afterword }

  /// Watches for something else from here on.
  func watch(for interest: DescriptorWatch.Readiness) {
    self.interest = interest
    attend()
  }

  private func attend() {
    inputWatch?.watch(for: interest.intersection(.readable))
    // The end was found before how the program ended was known, and nobody wanted to know it then.
    if inputWatch == nil, program?.hasEnded == true, !hasReadEnd, interest.contains(.readable) {
      loop.performUnlessOver { [weak self] in self?.onReady(.readable) }
    }
    guard case .half(let half) = output else { return }
    // Nothing but a pipe tells by it that nobody reads any more, also when there is nothing to write.
    outputWatch?.watch(for: interest.contains(.writable) ? .writable : half.isPipe && hasBegun ? .broken : [])
  }

  /// Tells whoever reads, or will, that nothing more comes.
  func finishWriting() {
    isFinishing = true
    guard case .half(let half) = output else { return }
    half.tellEnd()
    closeOutput()
  }

  /// What nobody was told yet.
  func takeError() -> SystemError? { error.take() }

  func close() {
    // Before the descriptors are closed.
    inputWatch?.end()
    inputWatch = nil
    input.close()
    closeOutput()
    former?.close()
    former = nil
    program?.letGo()
  }

  private func closeOutput() {
    outputWatch?.end()
    outputWatch = nil
    retry = nil
    if case .half(let half) = output {
      if half.isPipe { half.close() } else { former = half }
    }
    output = .closed
  }
}
