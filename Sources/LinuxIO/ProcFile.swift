// Small files that the kernel writes on demand.

internal import Glibc

/// Reads of `/proc`: short files that are made as they are read, and therefore read whole in one go.
enum ProcFile {
  /// At most `limit` bytes of the file.
  static func bytes(of path: String, limit: Int = 4_096) throws(SystemError) -> [UInt8] {
    let file = OwnedDescriptor(
      taking: try systemCall("open", on: path) { unsafe open(path, O_RDONLY | Int32(O_CLOEXEC) | O_NOCTTY) }
    )
    var buffer = [UInt8](repeating: 0, count: limit)
    var filled = 0
    while filled < limit {
      let count = try systemCall("read", on: path) {
        unsafe buffer.withUnsafeMutableBytes {
          unsafe read(file.number, $0.baseAddress?.advanced(by: filled), limit - filled)
        }
      }
      if count == 0 { break }
      filled += count
    }
    buffer.removeLast(limit - filled)
    return buffer
  }

  /// All of the file, however long it is.
  static func allBytes(of path: String) throws(SystemError) -> [UInt8] {
    var limit = 1 << 16
    while true {
      let bytes = try bytes(of: path, limit: limit)
      if bytes.count < limit { return bytes }
      limit *= 4
    }
  }

  /// The decimal number that the file holds, or nil where it cannot be read or holds none.
  static func number(in path: String) -> Int? {
    guard let bytes = try? bytes(of: path, limit: 64) else { return nil }
    let digits = bytes.prefix { $0 != UInt8(ascii: "\n") }
    return String(validating: digits, as: UTF8.self).flatMap { Int($0) }
  }
}
