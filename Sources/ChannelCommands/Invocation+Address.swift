// What may stand in a directory's place.

extension Invocation {
  /// What addresses begin with. A directory of such a name is written `./tcp:x`.
  private static let schemes = ["unix:", "tcp:", "tls:", "ws:", "wss:", "fifo:", "mq:", "stdio:", "exec:"]
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

  /// Refuses what means nothing for the place that was written.
  func checkPlace() throws(UsageError) {
    guard verb.operands.contains(.directoryOrURL) else { return }
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
}
