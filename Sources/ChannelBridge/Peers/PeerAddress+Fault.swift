// What is wrong with an address, in words.

extension PeerAddress.Fault: CustomStringConvertible {
  private static let schemes = "unix:, tcp:, tls:, ws:, wss:, fifo:, mq:, stdio:, exec:, http: or https:"

  /// In plain words, and with what to write; it has no brackets, since it stands in some.
  package var description: String {
    switch self {
    case .noScheme: "it does not begin with \(Self.schemes)"
    case .unknownScheme(let scheme): "there is no \"\(scheme.prefix(20)):\"; begin with \(Self.schemes)"
    case .noPath: "a path is missing: write it like unix:/run/app.sock, or unix:@name"
    case .noPort(let scheme): Self.place(for: scheme)
    case .portTooHigh(let digits): "there is no port \(digits): the highest is 65535"
    case .pathAtDoor(let isSecure):
      "a door has paths of its own, such as /channels/NAME: write host and port alone, like "
        + (isSecure ? "https://127.0.0.1:8443" : "http://127.0.0.1:8080")
    case .noTarget: "a path and a query are visible ASCII without #: write other letters with % and two digits"
    case .noPair: "two different paths are needed, without commas: write it like fifo:/run/in,/run/out"
    case .noQueues: "two different names with a slash before each are needed: write it like mq:/in,/out"
    case .noProgram: "a program is missing: write it like 'exec:ssh host transom bridge demo stdio:'"
    case .unfinishedWord: "a quote is open at its end, or nothing stands behind a backslash"
    case .notAlone(let scheme): "nothing stands behind \(scheme)"
    case .tokenInTarget: "others see a token that stands in an address: write it into a file, and --token FILE"
    }
  }

  private static func place(for scheme: String) -> String {
    switch scheme {
    case "http":
      "a host and a port are needed: write it like http://127.0.0.1:8080; a Unix socket like http:/run/app.sock"
    case "https": "a host and a port are needed: write it like https://127.0.0.1:8443 or https://[::1]:8443"
    case "ws", "wss": "a host is needed: write it like \(scheme)://127.0.0.1:8080/path or \(scheme)://[::1]:8080/path"
    default: "a host and a port are needed: write it like \(scheme):127.0.0.1:7000 or \(scheme):[::1]:7000"
    }
  }
}
