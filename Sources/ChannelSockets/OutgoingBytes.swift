// What waits to be read by somebody else.

internal import LinuxIO

/// Bytes on their way into a pipe or a socket, of which the other end takes what it likes when it likes.
struct OutgoingBytes {
  private var bytes: [UInt8] = []
  private var given = 0
  /// Whether nothing more comes after these.
  var isFinal = false

  /// How many wait.
  var count: Int { bytes.count - given }

  mutating func append(_ more: [UInt8]) {
    if count == 0 {
      bytes = more
      given = 0
    } else {
      bytes += more
    }
  }

  /// Gives what the other end takes, by a function that says how much that was. False when it reads no more.
  mutating func flush(_ write: (ArraySlice<UInt8>) -> Transfer) -> Bool {
    while count > 0 {
      switch write(bytes[given...]) {
      case .moved(let taken): given += taken
      case .wouldBlock:
        // So that what was taken does not stay for as long as there is something behind it.
        if given > 1 << 16, given > bytes.count / 2 {
          bytes.removeFirst(given)
          given = 0
        }
        return true
      case .ended:
        drop()
        return false
      }
    }
    drop()
    return true
  }

  mutating func drop() {
    bytes = []
    given = 0
  }
}
