// Where the daemon can be asked how it is.

/// Where metrics are served.
package enum MetricsPlace: Sendable, Hashable {
  /// A Unix socket.
  case socket(path: String)
  /// A port of 127.0.0.1.
  case loopback(port: UInt16)
}
