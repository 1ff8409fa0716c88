// The other end of a bridge: a program that speaks lines and behaves badly.

internal import ChannelMessages
internal import Glibc
internal import LinuxIO
internal import TestSupport

/// Makes connections, or takes those that come, and has each behave in a manner of its own; once it is told to stop it
/// behaves as one ought to, until all is told and acknowledged.
final class FarEnd {
  private let part: Part
  private let path: String
  private let port: UInt16?
  private let listener: RawSocket?
  private let seed: UInt64
  private var connections: [FarConnection] = []
  private var connectionCount = 0
  private var questionCount = 0
  private var nextConnecting = 0
  var letters: FarLetters
  private(set) var isCalm = false
  private var hasSeenLast = false

  private static let patience = 20_000
  private static var now: Int { Int(KernelClock.sinceBoot() / 1_000_000) }

  init(_ part: Part) throws {
    self.part = part
    letters = FarLetters(sender: part.name)
    seed = UInt64(part.number("seed"))
    path = part.folder.socket
    port = part.option("port").flatMap(UInt16.init)
    if part.option("listens") == nil {
      listener = nil
    } else {
      listener = try port.map { try RawSocket(listeningAtPort: $0) } ?? RawSocket(listeningAt: path)
    }
  }

  func log(_ line: String) { part.log.write(line) }

  /// One more number for a question: no two of a round are the same.
  func newQuestion() -> Int {
    questionCount += 1
    return questionCount
  }

  func mayMakeLetter() -> Bool { !isCalm && letters.grow() }

  func hasSeen(_ letter: Letter) { if letter.sender == RoundFolder.lastSender { hasSeenLast = true } }

  /// Until nothing is left to do; throws when that does not come.
  func run() throws {
    var deadline = Int.max
    var hasSaidSo = false
    while true {
      if !isCalm, part.isToStop {
        becomeCalm()
        deadline = Self.now + Self.patience
      }
      meetOthers()
      for connection in connections { connection.turn() }
      connections.removeAll(where: \.isOver)
      if isCalm {
        let connection = connections.first { $0.manner.lifetime == .max && $0.hasAnswer && $0.isSettled }
        if connection != nil, !hasSaidSo {
          Disk.write([], to: part.folder.calm, flags: 0)
          log("calm")
          hasSaidSo = true
        }
        if connection != nil, hasSeenLast, letters.areAllAcknowledged { return }
        guard Self.now < deadline else {
          throw Unsettled(
            description:
              "\(connections.count) connections, answered: \(connection != nil), seen the last: \(hasSeenLast),"
              + " acknowledged: \(letters.first - 1) of \(letters.count)"
          )
        }
      }
      rest()
    }
  }

  struct Unsettled: Error, CustomStringConvertible {
    let description: String
  }

  private func becomeCalm() {
    isCalm = true
    for connection in connections { connection.close() }
    connections = []
  }

  /// Waits for what comes next, a millisecond at most.
  private func rest() {
    var watched = connections.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    if let listener { watched.append(pollfd(fd: listener.number, events: Int16(POLLIN), revents: 0)) }
    // Those that do not read now would have it return at once.
    KernelClock.pause(.microseconds(100))
    unsafe poll(&watched, nfds_t(watched.count), 1)
  }

  private func meetOthers() {
    if let listener {
      var watched = pollfd(fd: listener.number, events: Int16(POLLIN), revents: 0)
      while unsafe poll(&watched, 1, 0) > 0, let socket = try? listener.accept() { add(socket) }
      return
    }
    let wanted = isCalm ? 1 : part.number("most")
    guard connections.count < wanted, Self.now >= nextConnecting else { return }
    nextConnecting = Self.now + 5
    if let socket = try? port.map({ try RawSocket(port: $0) }) ?? RawSocket(path: path) { add(socket) }
  }

  private func add(_ socket: RawSocket) {
    connectionCount += 1
    var chance = SeededGenerator(seed: seed &+ UInt64(connectionCount) &* 0x9E37_79B9)
    let manner = isCalm ? .good : FarManner.draw(using: &chance)
    connections.append(FarConnection(connectionCount, FarSocket(socket), manner, of: self, using: chance))
  }
}

extension Part {
  /// Is the other end of a bridge until all is told and acknowledged.
  func talk() throws {
    try FarEnd(self).run()
    log.write("closed")
  }
}
