// A queue of messages that the kernel keeps.

internal import CLinux
internal import Glibc

/// One way of a POSIX message queue, found by its name and made for our user only where there is none. It outlives all who
/// have it open, and tells nobody whether there is anybody else.
package final class MessageQueue {
  private var descriptor: OwnedDescriptor?
  /// How many bytes a message has at most.
  package let limit: Int

  package init(_ name: String, toWrite: Bool) throws(SystemError) {
    var limit = 0
    let number = try systemCall("mq_open", on: name) { unsafe clinux_open_queue(name, toWrite ? 1 : 0, &limit) }
    descriptor = OwnedDescriptor(taking: number)
    self.limit = limit
  }

  /// The number to wait by; nil once it was closed.
  package var number: Int32? { descriptor?.number }

  /// The length of the next message, which is in the beginning of the buffer then; nil when there is none. The buffer has
  /// room for `limit`.
  package func take(into buffer: inout [UInt8]) throws(SystemError) -> Int? {
    guard let number else { return nil }
    do throws(SystemError) {
      return Int(
        try systemCall("mq_receive") {
          unsafe buffer.withUnsafeMutableBytes { unsafe clinux_take_message(number, $0.baseAddress, $0.count) }
        }
      )
    } catch {
      guard error.code == EAGAIN else { throw error }
      return nil
    }
  }

  /// Whether there was room for a message. EMSGSIZE when it is longer than it may be.
  package func put(_ message: [UInt8]) throws(SystemError) -> Bool {
    guard let number else { return false }
    do throws(SystemError) {
      _ = try systemCall("mq_send") {
        unsafe message.withUnsafeBytes { unsafe clinux_put_message(number, $0.baseAddress, $0.count) }
      }
      return true
    } catch {
      guard error.code == EAGAIN else { throw error }
      return false
    }
  }

  package func close() { descriptor = nil }

  /// Takes its name away; it is gone when nobody has it open.
  package static func remove(_ name: String) throws(SystemError) {
    _ = try systemCall("mq_unlink", on: name) { unsafe clinux_remove_queue(name) }
  }
}
