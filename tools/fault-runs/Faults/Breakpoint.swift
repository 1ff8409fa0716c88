// Where a program of a round ends or stops by itself.

internal import Glibc
internal import LinuxIO
internal import Synchronization
internal import TestSupport

/// A file call before which something happens to the process that is about to make it.
struct Breakpoint: Hashable, Sendable {
  enum Effect: String, Sendable {
    case kill, stop
  }

  /// Nil means any.
  let call: FileCall?
  /// What the name or path of the file has in it.
  let subject: String
  /// The how-manieth such call.
  let count: Int
  let effect: Effect

  /// As a word of a command line.
  var word: String { "\(call?.rawValue ?? "any"),\(subject),\(count),\(effect.rawValue)" }

  init(_ call: FileCall?, _ subject: String, count: Int, _ effect: Effect) {
    self.call = call
    self.subject = subject
    self.count = count
    self.effect = effect
  }

  init?(word: String) {
    let parts = word.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, let count = Int(parts[2]), let effect = Effect(rawValue: parts[3]) else { return nil }
    self.init(FileCall(rawValue: parts[0]), parts[1], count: count, effect)
  }

  /// The steps of a send, of an import and of an acknowledgement, in this order.
  static let named: [(call: FileCall, subject: String)] = [
    (.gather, ".seg"), (.write, ".seg"), (.create, ".json-"), (.link, ".lock"), (.write, "projected"),
    (.exchange, ".json"),
    (.unlink, ".json-"), (.unlink, ".lock"), (.write, "project.lock"), (.unlock, "project.lock"), (.write, "ids"),
    (.open, ".json"), (.rename, "aside"), (.lock, "journal/lock"), (.unlock, "journal/lock"), (.write, "readers/"),
    (.setModified, ".json-"), (.factsOfName, ".json"),
  ]
}

/// A file layer that counts the calls that are meant, and ends or stops this process before the chosen one.
final class BreakingCalls: InterposedCalls {
  let below: any FileCalls = KernelCalls.shared
  private let breakpoint: Breakpoint
  private let seen = Atomic(0)

  init(_ breakpoint: Breakpoint) {
    self.breakpoint = breakpoint
  }

  func admit(_ call: FileCall, _ subject: String) throws(SystemError) -> Int? {
    meet(call) { subject }
    return nil
  }

  func flushed(_ file: borrowing OwnedDescriptor) {}

  private func meet(_ call: FileCall, _ subject: () -> String) {
    if let meant = breakpoint.call, meant != call { return }
    guard breakpoint.subject.isEmpty || subject().contains(breakpoint.subject) else { return }
    guard seen.add(1, ordering: .relaxed).newValue == breakpoint.count else { return }
    kill(getpid(), breakpoint.effect == .kill ? SIGKILL : SIGSTOP)
  }

  // MARK: Calls on open files, whose names the kernel knows

  private static func path(of number: Int32) -> String {
    var target = [CChar](repeating: 0, count: 1_024)
    let count = unsafe readlink("/proc/self/fd/\(number)", &target, target.count)
    return String(decoding: target.prefix(max(count, 0)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  func write(
    _ bytes: Span<UInt8>,
    to file: borrowing OwnedDescriptor,
    at offset: Int64
  ) throws(SystemError) -> Int {
    let number = file.number
    meet(.write) { Self.path(of: number) }
    return try below.write(bytes, to: file, at: offset)
  }

  func gather(
    _ slices: [ArraySlice<UInt8>],
    skipping skipped: Int,
    to file: borrowing OwnedDescriptor,
    at offset: Int64
  ) throws(SystemError) -> Int {
    let number = file.number
    meet(.gather) { Self.path(of: number) }
    return try below.gather(slices, skipping: skipped, to: file, at: offset)
  }

  func setModified(_ file: borrowing OwnedDescriptor, to time: FileTime?) throws(SystemError) {
    let number = file.number
    meet(.setModified) { Self.path(of: number) }
    try below.setModified(file, to: time)
  }

  func tryLock(_ file: borrowing OwnedDescriptor, shared: Bool) throws(SystemError) -> Bool {
    let number = file.number
    meet(.lock) { Self.path(of: number) }
    return try below.tryLock(file, shared: shared)
  }

  func unlock(_ file: borrowing OwnedDescriptor) throws(SystemError) {
    let number = file.number
    meet(.unlock) { Self.path(of: number) }
    try below.unlock(file)
  }
}
