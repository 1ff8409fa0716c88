// The real 1.0 peer.

internal import Glibc
internal import LinuxIO
internal import TestSupport
internal import Transom

/// A process with one end of a channel in it that is ipckit's own; see `fixtures/ipckit/peer.py`.
final class IpckitPeer {
  /// There is no peer to be had.
  struct Missing: Error, CustomStringConvertible {
    let description = "the Python package ipckit is not installed: run tools/setup"
  }

  /// What ipckit raised.
  struct Failure: Error, CustomStringConvertible {
    let type: String
    let text: String
    var description: String { "\(type): \(text)" }
  }

  /// A message as it came out of ipckit; its payload as compact JSON with sorted keys.
  struct Received: Decodable, Hashable {
    let id: String
    let timestamp: UInt64
    let type: String
    let method: String?
    let reply_to: String?
    let error: String?
    let payload: String
  }

  /// One delivery of an event to a loop.
  struct Delivery: Decodable, Hashable {
    let name: String?
    let number: Int

    init(_ name: String, _ number: Int) {
      self.name = name
      self.number = number
    }

    init(from decoder: any Decoder) throws {
      var row = try decoder.unkeyedContainer()
      name = try row.decodeIfPresent(String.self)
      number = try row.decode(Int.self)
    }
  }

  /// What came of a polling loop.
  struct Polled: Decodable {
    let deliveries: [Delivery]
    let failures: [String]
    /// Whether it ended because it had what it waited for, and not by its deadline.
    let ended: Bool

    /// The numbers under one name, in the order of their delivery.
    func numbers(of name: String) -> [Int] { deliveries.filter { $0.name == name }.map(\.number) }
  }

  /// What came of a flood.
  struct Flooded: Decodable {
    let acknowledged: [Int]
    let timeouts: [Int]
    let failures: [String]
    /// Seconds.
    let longest: Double
  }

  /// How a program of ours in `fixtures/ipckit` is started.
  static func start(_ program: String, _ arguments: [String] = []) throws -> LineProcess {
    let package = Fixture.built("peers")
    guard unsafe access("\(package)/ipckit", F_OK) == 0 else { throw Missing() }
    // Debian's own, as tools/setup has it; whichever stands first in PATH may be any version.
    return try LineProcess(
      ["/usr/bin/python3", Fixture.path("ipckit/\(program)")] + arguments,
      variables: ["PYTHONPATH=\(package)"]
    )
  }

  private struct Answer<Result: Decodable>: Decodable {
    let ok: Result
  }

  let process: LineProcess

  init() throws {
    process = try Self.start("peer.py")
  }

  // MARK: Commands

  /// Begins something that takes longer; `finish` tells what came of it.
  func begin(_ command: JSONText) {
    process.write(command.bytes)
  }

  /// What came of the command that was begun.
  func finish<Result: Decodable>(as type: Result.Type = Result.self, within limit: Duration) throws -> Result {
    try answer(within: limit).decode(Answer<Result>.self).ok
  }

  /// Does something and tells what came of it.
  func call<Result: Decodable>(
    _ command: JSONText,
    as type: Result.Type = Result.self,
    within limit: Duration = .seconds(10)
  ) throws -> Result {
    begin(command)
    return try finish(within: limit)
  }

  /// Does something that has no result.
  func run(_ command: JSONText, within limit: Duration = .seconds(10)) throws {
    begin(command)
    _ = try answer(within: limit)
  }

  private func answer(within limit: Duration) throws -> JSONText {
    struct Outcome: Decodable {
      let error: String?
      let text: String?
    }
    let line = try JSONText(validating: try process.line(within: limit))
    let outcome: Outcome = try line.decode()
    if let error = outcome.error { throw Failure(type: error, text: outcome.text ?? "") }
    return line
  }

  // MARK: What most tests do

  func open(_ side: Side, at path: String) throws {
    try run(["do": "open", "side": "\(side.rawValue)", "path": "\(path)"])
  }

  func send(_ event: String, _ payload: JSONText = .null) throws {
    try run(["do": "send_event", "name": "\(event)", "payload": payload])
  }

  /// The id of the request.
  func ask(_ method: String, _ payload: JSONText = .null) throws -> String {
    try call(["do": "send_request", "method": "\(method)", "params": payload])
  }

  func receive() throws -> [Received] {
    try call(["do": "recv"])
  }

  /// Receives until something comes; the 1.0 protocol has no other way to wait.
  func receive(atLeast count: Int, within limit: Duration = .seconds(10)) throws -> [Received] {
    let deadline = ContinuousClock.now + limit
    var received: [Received] = []
    while received.count < count, ContinuousClock.now < deadline {
      received += try receive()
      if received.count < count { KernelClock.pause(.milliseconds(2)) }
    }
    return received
  }
}
