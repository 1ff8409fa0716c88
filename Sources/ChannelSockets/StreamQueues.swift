// Two queues of messages that are one stream.

internal import LinuxIO

/// What a stream is read from and what it is written to, where both are queues: each line is one message there, without its
/// end.
///
/// A queue says neither that somebody is there nor that he has gone: so this stream ends on our side alone.
final class StreamQueues: @unchecked Sendable {
  // @unchecked: it is touched on the loop's thread only.

  private static let lineFeed = UInt8(ascii: "\n")

  private let input: MessageQueue
  private let output: MessageQueue
  private var inputWatch: DescriptorWatch?
  private var outputWatch: DescriptorWatch?
  /// The beginning of a line of which the end was not written yet.
  private var begun: [UInt8] = []

  init(
    reading input: String,
    writing output: String,
    on loop: Loop,
    _ onReady: @escaping (DescriptorWatch.Readiness) -> Void
  ) throws(SystemError) {
    self.input = try MessageQueue(input, toWrite: false)
    self.output = try MessageQueue(output, toWrite: true)
    guard let reading = self.input.number, let writing = self.output.number else { return }
    inputWatch = try DescriptorWatch(on: loop, reading, of: self.input, for: [], onReady)
    outputWatch = try DescriptorWatch(on: loop, writing, of: self.output, for: [], onReady)
  }

  /// How long a line may be that is written, without its end.
  var lineLimit: Int { output.limit }

  /// Takes the next message, as a line.
  func read(into buffer: inout [UInt8]) throws(SystemError) -> Transfer {
    if buffer.count <= input.limit { buffer = [UInt8](repeating: 0, count: input.limit + 1) }
    guard let count = try input.take(into: &buffer) else { return .wouldBlock }
    // Between the parts of a message of JSON they mean no more than a space.
    for place in 0..<count where buffer[place] == Self.lineFeed { buffer[place] = UInt8(ascii: " ") }
    buffer[count] = Self.lineFeed
    return .moved(count + 1)
  }

  /// Puts the first line of these.
  func write(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Transfer {
    guard let end = bytes.firstIndex(of: Self.lineFeed) else {
      begun += bytes
      return .moved(bytes.count)
    }
    guard try output.put(begun + bytes[..<end]) else { return .wouldBlock }
    begun = []
    return .moved(end + 1 - bytes.startIndex)
  }

  /// Watches for something else from here on.
  func watch(for interest: DescriptorWatch.Readiness) {
    inputWatch?.watch(for: interest.intersection(.readable))
    outputWatch?.watch(for: interest.intersection(.writable))
  }

  func close() {
    // Before the descriptors are closed.
    inputWatch?.end()
    outputWatch?.end()
    input.close()
    output.close()
  }
}
