// The addresses of names, of which some other machine may have to be asked.

internal import LinuxIO
internal import Synchronization

/// Looks names up without anybody waiting for it but those who asked.
///
/// On threads of our own and not by libuv: a loop cannot end before all that libuv was asked for is answered, which takes
/// half a minute when nobody answers, and two such names keep all others waiting. Who asks what is being asked already
/// gets the same answer, so that there is one thread a name.
enum NameLookup {
  /// The answer, given on some thread.
  typealias Receiver = @Sendable (Result<[SocketAddress], SystemError>) -> Void

  private struct Question: Hashable, Sendable {
    let name: String
    let port: UInt16
  }

  private static let asked = Mutex<[Question: [Receiver]]>([:])

  static func ask(for name: String, port: UInt16, _ receiver: @escaping Receiver) {
    let question = Question(name: name, port: port)
    let isFirst = asked.withLock { asked in
      defer { asked[question, default: []].append(receiver) }
      return asked[question] == nil
    }
    guard isFirst else { return }
    do throws(SystemError) {
      try KernelThread.start("name lookup") {
        do throws(SystemError) {
          answer(question, .success(try SocketAddress.lookUp(name, port: port)))
        } catch {
          answer(question, .failure(error))
        }
      }
    } catch {
      answer(question, .failure(error))
    }
  }

  private static func answer(_ question: Question, _ result: Result<[SocketAddress], SystemError>) {
    let receivers = asked.withLock { $0.removeValue(forKey: question) ?? [] }
    for receiver in receivers { receiver(result) }
  }
}
