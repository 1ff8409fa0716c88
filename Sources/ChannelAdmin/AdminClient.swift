// The command's end of the daemon's socket.

internal import ChannelMessages
internal import LinuxIO
package import Transom

/// Asks a daemon and waits for its answers, one after the other. To be used from one thread at a time.
package final class AdminClient {
  private let path: String
  private let patience: Duration
  private let socket: UnixSocket
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)
  private var cutter = LineCutter(limit: AdminProtocol.answerLimit)

  /// What is done about a daemon that does not answer.
  package static let hint = "start it with transomd, or name its socket with --socket or \(AdminSocket.variable)"

  /// Connects to the daemon whose socket is at `path`. It has to be one of the user's own or of root; root takes
  /// everybody's, but only where `isNamed` says that a person has named the path. Whoever answers is waited for as long
  /// as `patience` each time that nothing comes.
  package init(_ path: String, isNamed: Bool, patience: Duration = .seconds(30)) throws(ChannelError) {
    self.path = path
    self.patience = patience
    do throws(SystemError) {
      socket = try UnixSocket(connectingTo: path, within: patience)
    } catch {
      throw Self.error(error, at: path, patience)
    }
    let user = ProcessUser.number
    let peer = socket.peer?.user
    guard peer == user || peer == 0 || user == 0 && isNamed else {
      throw ChannelError(
        .refused,
        at: path,
        "\(peer.map { "user \($0)" } ?? "nobody known") answers here, who is neither you nor root",
        hint: "name the socket of your own daemon with --socket or \(AdminSocket.variable)"
      )
    }
  }

  /// Asks, and waits for the whole answer.
  package func ask(_ request: AdminRequest) throws(ChannelError) -> AdminAnswer {
    do throws(SystemError) {
      try socket.write(request.encode() + [UInt8(ascii: "\n")], within: patience)
    } catch {
      // What a daemon says before it closes may be there all the same.
      guard error.isOtherEndGone else { throw Self.error(error, at: path, patience) }
    }
    var reader = AdminAnswerReader()
    while true {
      if let answer = try read(&reader) { return try answer.get() }
      try fill()
    }
  }

  // MARK: Parts

  /// The answer, once all its lines have come.
  private func read(_ reader: inout AdminAnswerReader) throws(ChannelError) -> Result<AdminAnswer, ChannelError>? {
    do throws(AdminFault) {
      while let line = try cutter.nextAdminLine() {
        if let answer = try reader.take(line) { return answer }
      }
    } catch {
      throw misunderstood(error)
    }
    return nil
  }

  private func fill() throws(ChannelError) {
    let count: Int
    do throws(SystemError) {
      count = try socket.read(into: &buffer, within: patience)
    } catch {
      throw Self.error(error, at: path, patience)
    }
    guard count > 0 else { throw Self.gone(path) }
    cutter.take(buffer[..<count])
  }

  /// What comes of an answer that was not asked for.
  package func unexpected() -> ChannelError { misunderstood(.mixed) }

  private func misunderstood(_ fault: AdminFault) -> ChannelError {
    ChannelError(
      .newerFormat,
      at: path,
      "the daemon's answer cannot be understood: \(fault)",
      hint: "is it a daemon of the same version? this is transom \(ProgramVersion.text)"
    )
  }

  private static func gone(_ path: String) -> ChannelError {
    ChannelError(.closed, at: path, "the daemon has ended before it had answered", hint: "see its log")
  }

  private static func error(_ error: SystemError, at path: String, _ patience: Duration) -> ChannelError {
    if error.isNobodyThere { return ChannelError(.noChannel, at: path, "no daemon answers", hint: hint) }
    if error.isOtherEndGone { return gone(path) }
    if error.isTimeOut {
      let limit = DurationText.text(patience)
      return ChannelError(.timedOut, at: path, "the daemon has not answered for \(limit)", hint: "see its log")
    }
    return ChannelError(error, at: path)
  }
}
