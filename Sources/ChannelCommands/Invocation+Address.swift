// What may stand in a directory's place.

extension Invocation {
  /// What addresses begin with. A directory of such a name is written `./tcp:x`.
  private static let schemes = ["unix:", "tcp:", "tls:", "ws:", "wss:", "fifo:", "mq:", "stdio:", "exec:"]
  private static let doors = ["http:", "https:"]
  /// What means something for a directory alone, and for an address alone.
  private static let ofDirectories: [Option.Name] = [
    .as, .durability, .from, .group, .lease, .lockTimeout, .reader, .visibility,
  ]
  private static let ofAddresses: [Option.Name] = [.ca, .cert, .key, .token]

  /// The address that was written in place of a channel's directory; nil where a directory was, or has to be.
  package var address: String? {
    guard verb.operands.contains(.directoryOrURL) else { return nil }
    let word = operand(.directory)
    return Self.schemes.contains { word.hasPrefix($0) } ? word : nil
  }

  /// Whether it cannot be done without sockets.
  var needsSockets: Bool { address != nil || !operand(.url).isEmpty }

  /// Refuses what means nothing for the place that was written, or in it.
  func checkPlace() throws(UsageError) {
    guard verb.operands.contains(.directoryOrURL) else { return try checkDirectories() }
    let place = operand(.directory)
    if Self.doors.contains(where: { place.hasPrefix($0) }) {
      let hint = "write ws://HOST:PORT/channels/NAME/socket (https: has wss:), or use an HTTP client such as curl"
      throw UsageError("\(place) is a door to HTTP, which this verb does not speak", hint: hint)
    }
    let isAddress = address != nil
    for name in isAddress ? Self.ofDirectories : Self.ofAddresses where has(name) {
      let option = "--\(name.rawValue)"
      if isAddress {
        throw UsageError("\(option) is for a channel's directory, and not for a URL", hint: "leave \(option) out")
      }
      let schemes = name == .token ? "ws: or wss:" : "tls: or wss:"
      throw UsageError("\(option) belongs to a URL with \(schemes)", hint: "write it in place of the directory")
    }
  }

  /// An address where only a directory can be would be made one, or looked for as one.
  private func checkDirectories() throws(UsageError) {
    for name in verb.operands.filter({ $0.kind == .directory }).map(\.name) {
      for word in operands(name) where (Self.schemes + Self.doors).contains(where: { word.hasPrefix($0) }) {
        let hint = "write a directory; one of that name is ./\(word)"
        throw UsageError("\(word) is an address, and \(name.rawValue) is a directory", hint: hint)
      }
    }
  }
}
