// A daemon that verbs ask.

internal import ChannelAdmin
internal import ChannelModel
internal import LinuxIO
internal import Transom

/// The daemon behind a socket, its answers by what was asked.
final class RunningDaemon {
  /// Where a command line looks for it.
  struct Place {
    let path: String
    /// Whether somebody named it; else it is where a daemon's socket is by default.
    let isNamed: Bool
  }

  let place: Place
  private let client: AdminClient

  init(_ place: Place) throws(ChannelError) {
    self.place = place
    client = try AdminClient(place.path, isNamed: place.isNamed)
  }

  func status() throws(ChannelError) -> DaemonStatus {
    guard case .status(let status) = try client.ask(.status) else { throw client.unexpected() }
    return status
  }

  func channels(limit: Int) throws(ChannelError) -> [ChannelStatus] {
    guard case .channels(let channels) = try client.ask(.channels(limit: limit)) else { throw client.unexpected() }
    return channels
  }

  func steps(of id: String) throws(ChannelError) -> [TraceStep] {
    guard case .steps(let steps) = try client.ask(.trace(id: id)) else { throw client.unexpected() }
    return steps
  }

  func reload() throws(ChannelError) -> ReloadReport {
    guard case .reloaded(let report) = try client.ask(.reload) else { throw client.unexpected() }
    return report
  }

  func configuration(_ form: AdminRequest.ConfigurationForm) throws(ChannelError) -> String {
    guard case .configuration(let text) = try client.ask(.configuration(form)) else { throw client.unexpected() }
    return text
  }

  func letters(_ selection: LetterSelection, after: UInt64?, limit: Int) throws(ChannelError) -> [DeadLetter] {
    guard case .letters(let letters) = try client.ask(.letters(selection, after: after, limit: limit)) else {
      throw client.unexpected()
    }
    return letters
  }

  func letter(_ name: String) throws(ChannelError) -> (letter: DeadLetter, message: [UInt8]) {
    guard case .letter(let letter, let message) = try client.ask(.letter(name)) else { throw client.unexpected() }
    return (letter, message)
  }

  /// Does something with letters, and answers with how many it was done.
  func change(_ request: AdminRequest) throws(ChannelError) -> Int {
    guard case .letterCount(let count) = try client.ask(request) else { throw client.unexpected() }
    return count
  }
}

extension Invocation {
  /// Whether something that one may see has this path.
  private static func isThere(_ path: String) -> Bool {
    guard let cut = path.lastIndex(of: "/"), let folder = try? Directory.open(String(path[..<cut])) else {
      return false
    }
    return (try? folder.facts(of: String(path[cut...].dropFirst()))) != nil
  }

  /// The daemon that the command line or the environment names, else the user's own; where he has none and may ask the
  /// machine's, that one.
  var daemonPlace: RunningDaemon.Place {
    get throws(ChannelError) {
      if let named = text(.socket) ?? ProcessEnvironment.value(of: AdminSocket.variable), !named.isEmpty {
        let path = try ChannelError.calls(at: named) { () throws(SystemError) in try WholePath.spelled(named) }
        return RunningDaemon.Place(path: path, isNamed: true)
      }
      var environment: [String: String] = [:]
      environment["XDG_RUNTIME_DIR"] = ProcessEnvironment.value(of: "XDG_RUNTIME_DIR")
      let path = AdminSocket.standardPath(environment: environment, user: ProcessUser.number)
      let machines = "\(AdminSocket.machineFolder)/\(AdminSocket.name)"
      if !Self.isThere(path), Self.isThere(machines) { return RunningDaemon.Place(path: machines, isNamed: true) }
      return RunningDaemon.Place(path: path, isNamed: false)
    }
  }

  func daemon() throws(ChannelError) -> RunningDaemon { try RunningDaemon(try daemonPlace) }
}
