// Why the daemon does not have a request handled.

internal import Transom

/// What is answered to a request, where it is not its handler who answers.
enum RequestRefusal: Error, CustomStringConvertible {
  case interrupted
  case notReady(attempts: Int)
  case ledger(ChannelError)

  var description: String {
    switch self {
    case .interrupted: "interrupted: the daemon ended while this request was handled, and it is not safe to repeat"
    case .notReady(let attempts): "the handler asked for it to be tried later, \(attempts) times"
    case .ledger(let error): "the request cannot be recorded, and so not run: \(error.what)"
    }
  }
}
