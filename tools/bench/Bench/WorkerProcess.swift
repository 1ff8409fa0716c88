// The runner's side of a contender's process.

internal import Glibc
internal import LinuxIO

/// A child whose standard input and output are pipes that the runner holds.
final class WorkerProcess {
  private let child: ChildProcess
  private let input: OwnedDescriptor
  private let output: OwnedDescriptor

  /// What went wrong in a contender.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Starts this very program as one end of a contender and waits until it is ready.
  init(row: Int, contender: Int, end: Int, folder: String) throws {
    var toChild: [Int32] = [-1, -1]
    var fromChild: [Int32] = [-1, -1]
    guard unsafe pipe(&toChild) == 0, unsafe pipe(&fromChild) == 0 else { throw SystemError("pipe", code: errno) }
    // No child may hold another one's ends, or it would never see their end.
    for number in toChild + fromChild { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
    input = OwnedDescriptor(taking: toChild[1])
    output = OwnedDescriptor(taking: fromChild[0])
    let (childInput, childOutput) = (toChild[0], fromChild[1])
    defer {
      close(childInput)
      close(childOutput)
    }
    let arguments = ["/proc/self/exe", "--worker", "\(row).\(contender).\(end)", folder]
    child = try ChildProcess(arguments, input: childInput, output: childOutput)
    let word = try line()
    if word.hasPrefix("skipped ") { throw Skipped(reason: String(word.dropFirst(8))) }
    guard word == "ready" else { throw Failure(description: word) }
  }

  /// What the kernel counted of it so far.
  func facts() throws -> ProcessFacts { try ProcessFacts(of: child.pid) }

  func begin(_ count: Int) throws {
    let text = Array("\(count)\n".utf8)
    let written = unsafe text.withUnsafeBytes { unsafe write(input.number, $0.baseAddress, $0.count) }
    guard written == text.count else { throw SystemError("write", code: errno) }
  }

  /// Waits until what was begun is done, and answers when it was begun and done, in nanoseconds since boot.
  func finish() throws -> (start: UInt64, end: UInt64) {
    let answer = try line()
    let words = answer.split(separator: " ")
    guard words.count == 2, let start = UInt64(words[0]), let end = UInt64(words[1]) else {
      throw Failure(description: answer)
    }
    return (start, end)
  }

  private func line() throws -> String {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while true {
      let count = unsafe read(output.number, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1 else { throw Failure(description: "a contender ended without an answer") }
      if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
  }
}
