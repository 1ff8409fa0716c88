// What is read from files and from the standard input.

internal import LinuxIO

/// Reads whole inputs, up to what a message may hold.
enum InputBytes {
  /// Longer ones fit in no message.
  static let limit = 64 << 20

  /// A file, whatever it is: also a pipe that a shell made of `<(command)`.
  static func file(_ path: String) throws(UsageError) -> [UInt8] {
    let input = try reading(path) { () throws(SystemError) in try ByteInput(path: path) }
    return try all(of: input, named: path)
  }

  static func standardInput() throws(UsageError) -> [UInt8] { try all(of: .standard, named: "standard input") }

  /// What is there next, at most `count` bytes; empty at the end. Waits until there is something.
  static func next(of input: ByteInput, named name: String, count: Int) throws(UsageError) -> [UInt8] {
    try reading(name) { () throws(SystemError) in try input.next(count) }
  }

  private static func all(of input: ByteInput, named name: String) throws(UsageError) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let part = try next(of: input, named: name, count: 64 << 10)
      if part.isEmpty { return bytes }
      bytes += part
      guard bytes.count <= limit else {
        throw UsageError("\(name) is longer than \(ByteCountText.text(UInt64(limit)))", hint: "send its path instead")
      }
    }
  }

  private static func reading<Result>(
    _ name: String,
    _ body: () throws(SystemError) -> Result
  ) throws(UsageError) -> Result {
    do {
      return try body()
    } catch {
      throw UsageError("\(name) cannot be read: \(error.reason)", hint: "what stands behind @ is a file's path")
    }
  }
}
