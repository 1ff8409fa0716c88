// One who asks the daemon.

internal import ChannelAdmin
internal import ChannelMessages
internal import ChannelSockets
internal import Transom

/// A connection to the admin socket: its requests, one after the other, and the lines of the answer that is under way.
final class AdminConnection: @unchecked Sendable {
  // @unchecked: all of it happens on the loop's thread, which the stream sees to.

  private enum State {
    /// Nothing is asked.
    case idle
    /// The daemon is at it.
    case asking
    /// What had no room yet, and what is behind it.
    case answering([UInt8], AdminAnswerLines?)
    /// The last is on its way, and nothing that comes means anything.
    case ending
    case over
  }

  private let stream: ByteStream
  private let limits: AdminLimits
  private let loop: Loop
  private let answering: any DaemonAnswering
  private let onOver: (AdminConnection) -> Void
  private var state = State.idle
  private var cutter: LineCutter
  /// Whether nothing more is asked.
  private var hasInputEnded = false
  private var timer: LoopTimer?

  /// Lines are written together until they are so long.
  private static let pieceLength = 64 << 10

  init(
    _ stream: ByteStream,
    _ limits: AdminLimits,
    on loop: Loop,
    _ answering: any DaemonAnswering,
    onOver: @escaping (AdminConnection) -> Void
  ) {
    self.stream = stream
    self.limits = limits
    self.loop = loop
    self.answering = answering
    self.onOver = onOver
    cutter = LineCutter(limit: limits.line)
    timer = LoopTimer(on: loop) { [weak self] in self?.timeIsUp() }
  }

  /// Answers what is asked.
  func begin() {
    stream.begin { [weak self] event in self?.handle(event) }
    timer?.set(after: limits.idleTime)
  }

  /// Says why nothing is answered, and ends.
  func refuse(_ error: ChannelError) {
    stream.begin { [weak self] event in self?.handle(event) }
    end(with: error)
  }

  /// Breaks it off.
  func close() {
    state = .over
    timer?.cancel()
    stream.close()
  }

  // MARK: Events

  private func handle(_ event: StreamEvent) {
    switch event {
    case .received(let bytes):
      if case .ending = state { return }
      cutter.take(bytes)
      // Whoever writes faster than he is answered waits.
      if case .idle = state { proceed() } else { stream.pauseReading() }
    case .inputEnded:
      hasInputEnded = true
      proceed()
    case .drained:
      guard case .answering(let piece, let lines) = state else { return }
      write(piece, lines)
      proceed()
    // Nobody reads what is written.
    case .outputRefused: leave()
    case .closed: over()
    // These are not.
    case .secured: break
    }
  }

  private func timeIsUp() {
    switch state {
    case .idle:
      end(with: ChannelError(.timedOut, at: "transomd", "nothing was asked for too long", hint: "connect again"))
    case .answering, .ending: leave()
    // The daemon takes its time.
    case .asking, .over: break
    }
  }

  private func leave() {
    close()
    onOver(self)
  }

  private func over() {
    state = .over
    timer?.cancel()
    onOver(self)
  }

  // MARK: Questions

  /// Takes one question after the other, until something has to be waited for.
  private func proceed() {
    while case .idle = state {
      do throws(AdminFault) {
        guard let line = try cutter.nextAdminLine() else {
          // Half a question means nothing.
          if hasInputEnded { return finish() }
          stream.resumeReading()
          timer?.set(after: limits.idleTime)
          return
        }
        ask(try AdminRequest(decoding: line))
      } catch {
        let complaint = Self.error(error)
        // Behind a line without end nobody knows where the next one begins.
        if case .tooLong = error { return end(with: complaint) }
        write(complaint.line + [UInt8(ascii: "\n")], nil)
      }
    }
  }

  private func ask(_ request: AdminRequest) {
    state = .asking
    timer?.cancel()
    Task(executorPreference: loop) { [self] in
      do throws(ChannelError) {
        answer(try await answering.answer(request))
      } catch {
        answer(error)
      }
    }
  }

  // MARK: Answers

  private func answer(_ answer: AdminAnswer) {
    guard case .asking = state else { return }
    write([], AdminAnswerLines(answer))
    proceed()
  }

  private func answer(_ error: ChannelError) {
    guard case .asking = state else { return }
    write(error.line + [UInt8(ascii: "\n")], nil)
    proceed()
  }

  /// Writes what had no room, and as much behind it as has some; once that is all, the next question may be taken.
  private func write(_ first: [UInt8], _ rest: AdminAnswerLines?) {
    var lines = rest
    var piece = first
    timer?.set(after: limits.writingTime)
    while true {
      while piece.count < Self.pieceLength, let line = lines?.next() {
        piece += line
        piece.append(UInt8(ascii: "\n"))
      }
      if piece.isEmpty {
        state = .idle
        return
      }
      switch stream.write(piece) {
      case .taken: piece = []
      case .full:
        state = .answering(piece, lines)
        return
      case .closed: return leave()
      }
    }
  }

  /// Says what was wrong, and ends.
  private func end(with error: ChannelError) {
    _ = stream.write(error.line + [UInt8(ascii: "\n")])
    finish()
  }

  private func finish() {
    state = .ending
    stream.resumeReading()
    stream.finishWriting()
    timer?.set(after: limits.writingTime)
  }

  private static func error(_ fault: AdminFault) -> ChannelError {
    switch fault {
    case .version, .unknownVerb:
      ChannelError(
        .newerFormat,
        at: "transomd",
        "this daemon, of version \(ProgramVersion.text), cannot be asked that: \(fault)",
        hint: "use a transom and a transomd of one version"
      )
    case .tooLong, .json, .missing, .wrongValue, .twice, .mixed:
      ChannelError(.misuse, at: "transomd", "this is no request: \(fault)", hint: "a request is one JSON object a line")
    }
  }
}
