// The standard output, written whole.

package import LinuxIO
internal import Synchronization

/// What the program prints: gathered, and written when it is asked for or has become much.
package final class Output: Sendable {
  /// Why nothing more can be printed.
  package enum Failure: Error, Sendable {
    /// Nobody reads any more, as behind `head -1`.
    case readerIsGone
    case system(SystemError)
  }

  private let target: ByteOutput
  private let pending = Mutex<[UInt8]>([])
  /// Then it is written without being asked for.
  private static let much = 64 << 10

  package init(_ target: ByteOutput = .standard) {
    self.target = target
  }

  package var isTerminal: Bool { target.isTerminal }

  /// Waits until nobody reads it any more; false when that cannot be waited for.
  package func awaitReaderGone() -> Bool { target.awaitReaderGone() }

  /// Adds text as it is.
  package func add(_ text: String) throws(Failure) { try add(Array(text.utf8)) }

  /// Adds bytes as they are.
  package func add(_ bytes: [UInt8]) throws(Failure) {
    let isMuch = pending.withLock { pending in
      pending += bytes
      return pending.count >= Self.much
    }
    if isMuch { try flush() }
  }

  /// Adds a line.
  package func addLine(_ bytes: [UInt8]) throws(Failure) { try add(bytes + [UInt8(ascii: "\n")]) }

  /// Hands everything to the kernel.
  package func flush() throws(Failure) {
    // Held while writing, so that the lines of two threads never mix.
    try pending.withLock { (pending) throws(Failure) in
      defer { pending.removeAll(keepingCapacity: true) }
      do throws(SystemError) {
        try target.write(pending.span)
      } catch {
        throw error.isReaderGone ? .readerIsGone : .system(error)
      }
    }
  }
}
