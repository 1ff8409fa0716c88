// Bytes from whatever can be read.

internal import Glibc

/// What is read to its end: a file, whatever it is, or the standard input.
package final class ByteInput: Sendable {
  private let number: Int32
  /// The file, when it is ours to close.
  private let file: OwnedDescriptor?

  /// Opens what is at a path: also a pipe that a shell made of `<(command)`.
  package init(path: String) throws(SystemError) {
    let number = try systemCall("open", on: path) { unsafe open(path, O_RDONLY | O_CLOEXEC) }
    self.number = number
    file = OwnedDescriptor(taking: number)
  }

  private init(lent number: Int32) {
    self.number = number
    file = nil
  }

  package static let standard = ByteInput(lent: 0)

  /// What is there next, at most `count` bytes; empty at the end. Waits until there is something.
  package func next(_ count: Int) throws(SystemError) -> [UInt8] {
    try [UInt8](capacity: count) { output throws(SystemError) in
      let answer = unsafe output.withUnsafeMutableBufferPointer { buffer, filled in
        let answer = Result { () throws(SystemError) in
          try systemCall("read") { unsafe Glibc.read(number, buffer.baseAddress, count) }
        }
        if case .success(let count) = answer { filled = count }
        return answer
      }
      _ = try answer.get()
    }
  }
}
