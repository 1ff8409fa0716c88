// What the peer does with a ledger, so that it can be killed and confined while it does.

internal import ChannelLedger
internal import ChannelMessages
internal import ChannelModel
internal import Glibc
internal import LinuxIO
internal import Transom

private let now = WallTime(milliseconds: 1_700_000_000_000)

/// At once and in one call: what was not told may be lost.
private func tell(_ line: String) {
  var line = line + "\n"
  _ = line.withUTF8 { unsafe write(1, $0.baseAddress, $0.count) }
}

/// `ledger-hold FOLDER`: has the ledger open until it is killed.
func ledgerHold(_ arguments: [String]) throws {
  let ledger = try Ledger(at: arguments[0], now: now)
  tell("held")
  while true { pause() }
  withExtendedLifetime(ledger) {}
}

/// `ledger-serve FOLDER FIRST`: begins and settles requests by their numbers, one to four a turn, and says of each turn
/// `begun FIRST LAST` and `settled FIRST LAST` once it was committed. Every seventh may be repeated.
func ledgerServe(_ arguments: [String]) throws {
  let ledger = try Ledger(at: arguments[0], now: now)
  let scope = ledger.requests.scope(of: "/channel", .frontendToBackend)
  var number = Int(arguments[1]) ?? 0
  while true {
    let numbers = number...number + Int.random(in: 0..<4)
    var runs: [(Int, RequestRun)] = []
    for number in numbers {
      let key = scope.key(of: "\(number)")
      let beginning = try ledger.requests.begin(key, handler: "h", isRepeatable: number % 7 == 0, now: now)
      guard case .fresh(let run) = beginning else { return tell("request \(number) is \(beginning)") }
      runs.append((number, run))
    }
    try ledger.commit()
    tell("begun \(numbers.lowerBound) \(numbers.upperBound)")
    for (number, run) in runs {
      ledger.requests.settle(run, .result(JSONText(trusted: Array("\(number)".utf8))), now: now)
    }
    try ledger.commit()
    tell("settled \(numbers.lowerBound) \(numbers.upperBound)")
    // As the daemon does: so that it is killed in the middle of that as well.
    if number % 16 < 4 { _ = try ledger.tend(now: now) }
    number = numbers.upperBound + 1
  }
}

/// `ledger-fill FOLDER LIMIT`: serves requests in a process none of whose files may grow beyond so many bytes, says the
/// error that comes of it and how many requests were served; and goes on when they may.
func ledgerFill(_ arguments: [String]) throws {
  // Else the kernel ends it.
  _ = signal(SIGXFSZ, SIG_IGN)
  // RLIMIT_FSIZE
  var limit = rlimit(rlim_cur: rlim_t(arguments[1]) ?? 0, rlim_max: .max)
  guard unsafe setrlimit(__rlimit_resource_t(1), &limit) == 0 else { throw SystemError("setrlimit", code: errno) }
  let ledger = try Ledger(at: arguments[0], now: now)
  let scope = ledger.requests.scope(of: "/channel", .frontendToBackend)
  let outcome = RequestOutcome.error(String(repeating: "x", count: 1_000))
  var runs: [RequestRun] = []
  func begin(_ number: Int) throws {
    if case .fresh(let run) = try ledger.requests.begin(scope.key(of: "\(number)"), handler: "h", now: now) {
      runs.append(run)
    }
    try ledger.commit()
  }
  var served = 0
  do {
    while served < 1_000_000 {
      try begin(served)
      ledger.requests.settle(runs[served], outcome, now: now)
      try ledger.commit()
      served += 1
    }
  } catch {
    tell("\(error)")
  }
  tell("served \(served), known \(ledger.requests.count)")
  limit.rlim_cur = .max
  guard unsafe setrlimit(__rlimit_resource_t(1), &limit) == 0 else { throw SystemError("setrlimit", code: errno) }
  try ledger.commit()
  for number in served..<served + 100 { try begin(number) }
  tell("known \(ledger.requests.count)")
}
