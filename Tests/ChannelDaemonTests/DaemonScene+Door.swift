// What curl finds at the doors of a test's daemon.

import TestSupport

extension DaemonScene {
  /// A handler that answers what it was asked.
  static let echo = """
    [[handler]]
    name = "echo"
    run = ["cat"]
    methods = ["echo"]
    """

  /// A request whose body is this text.
  static func post(_ text: String, _ more: [String] = []) -> [String] {
    ["-H", "Content-Type: application/json", "-d", text] + more
  }

  /// What curl says of a path at the door with this socket, with the status, 0 where nobody answers.
  func curl(_ path: String, at socket: String = "door.sock", _ words: [String] = []) async throws -> (Int, String) {
    try await curl(url: "http://door" + path, ["--unix-socket", folder + "/" + socket] + words)
  }

  /// The same of a whole URL.
  func curl(url: String, _ words: [String]) async throws -> (Int, String) {
    let arguments = ["curl", "-sS", "--max-time", "20", "-w", "\n%{http_code}", url]
    let (_, output) = try await ThreadExecutor.run { try ProcessRun(arguments + words).finish() }
    guard let cut = output.lastIndex(of: "\n") else { return (0, output) }
    return (Int(output[output.index(after: cut)...]) ?? 0, String(output[..<cut]))
  }

  /// The port in the last line that says where a door listens.
  func port(after scheme: String) -> UInt16? {
    let beginning = "listening at \(scheme)://127.0.0.1:"
    guard moment(of: beginning) != nil, let line = said.last(where: { $0.contains(beginning) }),
      let place = line.firstRange(of: beginning)
    else { return nil }
    return UInt16(line[place.upperBound...].prefix { $0.isNumber })
  }
}
