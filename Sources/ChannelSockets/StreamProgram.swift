// A program that is the other end of a stream.

internal import LinuxIO

/// A child of which the standard output is read and the standard input written by a stream; its standard error is ours.
///
/// When the stream is over it has a moment to end by itself, since its input has ended, and then it is told to. It holds
/// itself until then.
final class StreamProgram: @unchecked Sendable {
  // @unchecked: it is touched on the loop's thread only.

  /// So long it has to end by itself, and as long again when it was told to.
  private static let patience = Duration.seconds(1)

  /// Nil when it has ended.
  private var child: Child?
  private let loop: Loop
  private let name: String
  private var patience: LoopTimer?
  private(set) var end: ProcessEnd?
  /// Told once, when it has ended.
  var onEnd: () -> Void = {}

  private init(_ name: String, on loop: Loop) {
    self.name = name
    self.loop = loop
  }

  /// Starts it, and gives what it writes and what it reads.
  static func start(
    _ words: [String],
    on loop: Loop
  ) throws(SystemError) -> (program: StreamProgram, output: StreamHalf, input: StreamHalf) {
    guard let name = words.first, let path = ProgramSearch.find(name) else { throw .noProgram(words.first ?? "") }
    var plan = ChildPlan(path, words, environment: ProcessEnvironment.all)
    let (theirs, input) = try StreamHalf.pipe()
    let (output, ours) = try StreamHalf.pipe()
    plan.input = theirs.number.map { .descriptor($0) } ?? .nothing
    plan.output = ours.number.map { .descriptor($0) } ?? .nothing
    plan.errors = .descriptor(2)
    let program = StreamProgram(name, on: loop)
    program.child = try Child(plan, limits: .unlimited, on: loop) { [program] in
      if case .ended(let end) = $0 { program.hasEnded(end.end) }
    }
    // Held by the child alone from here on, so that its end is the end of the stream.
    theirs.close()
    ours.close()
    return (program, output, input)
  }

  var hasEnded: Bool { end != nil }

  /// How it ended, where it should not have; nil while it has not.
  var afterword: String? {
    switch end {
    case nil, .exited(0), .unknown: nil
    case .exited(let status): "\(name) has ended with status \(status)"
    case .signalled(let signal): "\(name) was ended by signal \(signal)"
    }
  }

  private func hasEnded(_ end: ProcessEnd) {
    self.end = end
    patience = nil
    child = nil
    onEnd()
    onEnd = {}
  }

  /// Nobody speaks with it any more.
  func letGo() {
    onEnd = {}
    guard let child, patience == nil else { return }
    let timer = LoopTimer(on: loop) { child.terminate(grace: Self.patience) }
    timer.set(after: Self.patience)
    patience = timer
  }
}
