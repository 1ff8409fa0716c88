// A child that is begun for a loop: nothing here waits, but for the moment in which it begins.

internal import CLinux
internal import Glibc

/// A child with the process group that it leads, its pidfd and our ends of its pipes.
///
/// It is killed when the thread that started it ends, whatever the process does (PR_SET_PDEATHSIG follows the thread): so
/// it is started on a thread that lives for as long as it may. A program that gains rights by being run (set-user-ID, file
/// capabilities) sheds that, and what the child starts does not inherit it: whoever lets go of a child tells its group to
/// die before.
package final class GroupLeader {
  /// What its group is told.
  package enum Order: Sendable {
    /// To end, when it has tidied up.
    case end
    /// To end now.
    case die
  }

  /// One of the streams that it writes.
  package enum Outlet: Sendable {
    case output
    case errors
  }

  /// What joins us to one of its streams, until it has begun.
  private final class Joint {
    private var ours: OwnedDescriptor?
    private var theirs: OwnedDescriptor?
    /// What is somebody else's.
    private var other: Int32?

    init(_ stream: ChildPlan.Stream, theirsReads: Bool) throws(SystemError) {
      switch stream {
      case .nothing:
        theirs = nil
      case .descriptor(let number):
        other = number
      case .pipe:
        let pipe = try Pipe()
        if theirsReads {
          Pipe.makeNonBlocking(pipe.writing)
          ours = consume pipe.writing
          theirs = consume pipe.reading
        } else {
          Pipe.makeNonBlocking(pipe.reading)
          ours = consume pipe.reading
          theirs = consume pipe.writing
        }
      }
    }

    /// What becomes its stream; -1 for `/dev/null`.
    var number: Int32 { other ?? theirs?.number ?? -1 }

    func takeOurs() -> OwnedDescriptor? { ours.take() }
  }

  /// Its process, which is also its group. Nobody else gets the number before its end is taken.
  package let number: Int32
  private var handle: OwnedDescriptor?
  private var input: OwnedDescriptor?
  private var output: OwnedDescriptor?
  private var errors: OwnedDescriptor?
  private var end: ProcessEnd?

  /// Starts it, and returns when it is the program that was asked for; the thread stands still until then.
  package init(_ plan: ChildPlan) throws(SystemError) {
    let input = try Joint(plan.input, theirsReads: true)
    let output = try Joint(plan.output, theirsReads: false)
    let errors = try Joint(plan.errors, theirsReads: false)
    let child = try Self.start(plan, streams: (input.number, output.number, errors.number))
    number = child.number
    handle = OwnedDescriptor(taking: child.handle)
    self.input = input.takeOurs()
    self.output = output.takeOurs()
    self.errors = errors.takeOurs()
  }

  /// The pidfd: ready to be read once the child has ended; nil once that was closed.
  package var handleNumber: Int32? { handle?.number }

  /// What becomes writable when there is room for more input; nil when it has none or that was closed.
  package var inputNumber: Int32? { input?.number }

  /// What becomes readable when it wrote something; nil when that is nothing to us.
  package func number(of outlet: Outlet) -> Int32? {
    switch outlet {
    case .output: output?.number
    case .errors: errors?.number
    }
  }

  /// Gives it as many of the bytes as there is room for. SIGPIPE must be ignored or blocked: it need not read.
  package func write(_ bytes: ArraySlice<UInt8>) -> Transfer {
    guard let number = inputNumber else { return .ended }
    while true {
      let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
      if count >= 0 { return .moved(count) }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .wouldBlock
      default: return .ended
      }
    }
  }

  /// Takes what it wrote, into the beginning of the buffer and no more than that holds.
  package func read(_ outlet: Outlet, into buffer: inout [UInt8]) -> Transfer {
    guard let number = number(of: outlet) else { return .ended }
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(number, $0.baseAddress, $0.count) }
      if count > 0 { return .moved(count) }
      if count == 0 { return .ended }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .wouldBlock
      default: return .ended
      }
    }
  }

  /// Tells it that nothing more comes.
  package func closeInput() { input = nil }

  /// From here on its writing to this stream is refused.
  package func close(_ outlet: Outlet) {
    switch outlet {
    case .output: output = nil
    case .errors: errors = nil
    }
  }

  /// Tells its whole group; nothing once its end was taken, because then the number may be somebody else's.
  package func tell(_ order: Order) {
    guard end == nil else { return }
    switch order {
    case .end:
      kill(-number, SIGTERM)
      // One that is stopped could not tidy up.
      kill(-number, SIGCONT)
    case .die:
      kill(-number, SIGKILL)
    }
  }

  /// Takes its end and gives up its number; nil while it runs. Whoever takes it has ended the group before.
  package func takeEnd() -> ProcessEnd? {
    if let end { return end }
    var status: Int32 = 0
    while true {
      let answer = unsafe waitpid(number, &status, WNOHANG)
      if answer == 0 { return nil }
      if answer < 0, errno == EINTR { continue }
      end = answer == number ? ProcessEnd(status: status) : .unknown
      return end
    }
  }

  /// Closes what is open of it. To be called when its end was taken.
  package func close() {
    input = nil
    output = nil
    errors = nil
    handle = nil
  }

  /// Blocks until it has ended, for so long at most. For one that was told to die: only a call to a broken file system or
  /// device can keep it.
  package func awaitEnd(for limit: Duration) {
    guard let number = handleNumber else { return }
    _ = try? Readiness.wait(on: [number], for: limit)
  }

  private static func start(
    _ plan: ChildPlan,
    streams: (Int32, Int32, Int32)
  ) throws(SystemError) -> (number: Int32, handle: Int32) {
    let words = unsafe plan.words.map { unsafe strdup($0) } + [nil]
    let variables = unsafe plan.environment.map { unsafe strdup($0) } + [nil]
    let program = unsafe strdup(plan.program)
    let directory = unsafe plan.directory.flatMap { unsafe strdup($0) }
    defer { unsafe (words + variables + [program, directory]).forEach { unsafe free($0) } }
    var number: Int32 = -1
    var handle: Int32 = -1
    var refused: UnsafePointer<CChar>?
    let answer = unsafe words.withUnsafeBufferPointer { words in
      unsafe variables.withUnsafeBufferPointer { variables in
        var given = unsafe clinux_child_plan(
          program: program,
          words: words.baseAddress,
          variables: variables.baseAddress,
          directory: directory,
          streams: streams,
          address_space: plan.addressSpace ?? 0
        )
        return unsafe clinux_start_child(&given, &number, &handle, &refused)
      }
    }
    let code = errno
    guard answer == 0 else {
      let call = unsafe refused.map { unsafe String(cString: $0) } ?? "clone"
      let subject = call == "chdir" ? plan.directory ?? "" : plan.program
      throw SystemError(call, on: subject, code: code)
    }
    return (number, handle)
  }
}
