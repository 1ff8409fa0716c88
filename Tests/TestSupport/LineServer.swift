// A server that a test can make say anything.

internal import Synchronization

/// Listens at a Unix socket, on threads of its own, and answers each line with the bytes that the test gives it.
package final class LineServer: Sendable {
  /// What is answered to a line; nil closes the connection.
  package typealias Answer = @Sendable ([UInt8]) -> [UInt8]?

  private let listener: RawSocket
  /// The lines that came; the threads hold it, and not the server.
  private final class Notes: Sendable {
    let lines = Mutex<[String]>([])
  }

  private let notes = Notes()

  package init(at path: String, _ answer: @escaping Answer) throws {
    let listener = try RawSocket(listeningAt: path)
    self.listener = listener
    let notes = self.notes
    NativeThread.detach {
      while let guest = try? listener.accept() {
        NativeThread.detach { Self.serve(guest, notes, answer) }
      }
    }
  }

  deinit {
    listener.shut()
  }

  /// The lines that came so far.
  package var lines: [String] { notes.lines.withLock { $0 } }

  private static func serve(_ guest: RawSocket, _ notes: Notes, _ answer: Answer) {
    var bytes: [UInt8] = []
    while let more = try? guest.receive(), !more.isEmpty {
      bytes += more
      while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(bytes[..<end])
        bytes.removeFirst(end + 1)
        notes.lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        guard let reply = answer(line), (try? guest.send(reply)) != nil else { return }
      }
    }
  }
}
