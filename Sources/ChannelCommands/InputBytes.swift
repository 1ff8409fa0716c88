// What is read from files and from the standard input.

internal import Glibc
internal import LinuxIO

/// Reads whole inputs, up to what a message may hold.
enum InputBytes {
  /// Longer ones fit in no message.
  static let limit = 64 << 20

  /// A file, whatever it is: also a pipe that a shell made of `<(command)`.
  static func file(_ path: String) throws(UsageError) -> [UInt8] {
    let number = retrying { unsafe open(path, O_RDONLY | O_CLOEXEC) }
    guard number >= 0 else { throw unreadable(path, errno) }
    let file = OwnedDescriptor(taking: number)
    return try all(of: file.number, named: path)
  }

  static func standardInput() throws(UsageError) -> [UInt8] { try all(of: 0, named: "standard input") }

  /// What is there next, at most `count` bytes; empty at the end. Waits until there is something.
  static func next(of descriptor: Int32, named name: String, count: Int) throws(UsageError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let read = retrying { unsafe Glibc.read(descriptor, buffer.baseAddress, count) }
      if read < 0 { failure = errno }
      filled = max(0, read)
    }
    if failure != 0 { throw unreadable(name, failure) }
    return bytes
  }

  private static func all(of descriptor: Int32, named name: String) throws(UsageError) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let part = try next(of: descriptor, named: name, count: 64 << 10)
      if part.isEmpty { return bytes }
      bytes += part
      guard bytes.count <= limit else {
        throw UsageError("\(name) is longer than \(ByteCountText.text(UInt64(limit)))", hint: "send its path instead")
      }
    }
  }

  private static func unreadable(_ name: String, _ code: Int32) -> UsageError {
    let reason = SystemError("read", code: code).reason
    return UsageError("\(name) cannot be read: \(reason)", hint: "what stands behind @ is a file's path")
  }

  private static func retrying<Count: SignedInteger>(_ call: () -> Count) -> Count {
    while true {
      let result = call()
      if result < 0, errno == EINTR { continue }
      return result
    }
  }
}
