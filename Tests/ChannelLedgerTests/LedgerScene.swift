// A ledger of a test's own.

import ChannelLedger
import ChannelMessages
import ChannelModel
import LinuxIO
import TestSupport
import Transom

/// A folder with a ledger, and the time that it is told.
final class LedgerScene {
  let path: String
  var options = LedgerOptions()
  var now = WallTime(milliseconds: 1_700_000_000_000)
  var notices: [LedgerNotice] = []

  init(_ scratch: String) {
    path = scratch + "/ledger"
  }

  var file: String { "\(path)/\(Ledger.fileName)" }

  /// The one that `reopen` opened.
  private(set) var ledger: Ledger?

  /// Ends the ledger that was opened by this, and opens it again.
  @discardableResult
  func reopen() throws -> Ledger {
    ledger = nil
    let opened = try open()
    ledger = opened
    return opened
  }

  /// Those of the ledger that is open; nobody keeps them beyond its end.
  var letters: DeadLetters {
    get throws { try (ledger ?? reopen()).deadLetters }
  }

  /// Opens it; only one is to be there at a time.
  func open() throws -> Ledger {
    try Ledger(at: path, options: options, now: now) { [unowned self] in notices.append($0) }
  }

  func pass(_ duration: Duration) {
    now = WallTime(nanoseconds: now.nanoseconds + duration.wholeNanoseconds)
  }
}

extension Ledger {
  /// Begins a request in a turn of its own.
  func begin(
    _ id: String,
    in channel: String = "/c",
    isRepeatable: Bool = false,
    _ scene: LedgerScene
  ) throws -> RequestBeginning {
    let key = requests.scope(of: channel, .frontendToBackend).key(of: id)
    let beginning = try requests.begin(key, handler: "handler", isRepeatable: isRepeatable, now: scene.now)
    try commit()
    return beginning
  }

  /// Begins a request that is fresh, and settles it, each in a turn of its own.
  func serve(_ id: String, _ outcome: RequestOutcome, _ scene: LedgerScene) throws {
    guard case .fresh(let run) = try begin(id, scene) else { throw NotFresh() }
    requests.settle(run, outcome, now: scene.now)
    try commit()
  }
}

struct NotFresh: Error {}

extension RequestBeginning {
  var isFresh: Bool { if case .fresh = self { true } else { false } }
}

extension RequestOutcome {
  static func json(_ text: String) -> RequestOutcome { .result(JSONText(trusted: Array(text.utf8))) }
}
