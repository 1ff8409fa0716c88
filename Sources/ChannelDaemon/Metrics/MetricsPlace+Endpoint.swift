// Where metrics are listened for.

package import ChannelSockets

extension MetricsPlace {
  /// The socket is for the user by whose rights the daemon works.
  package var endpoint: Endpoint {
    switch self {
    case .socket(let path): .path(path)
    case .loopback(let port): .loopback(port: port)
    }
  }
}
