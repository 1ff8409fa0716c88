// Where connections come from and go to.

internal import LinuxIO

/// A place at which somebody listens.
package enum Endpoint: Sendable, Hashable {
  /// A Unix socket with a name among the files, which gets these permissions when it is made.
  case path(String, permissions: UInt32 = 0o600)
  /// A Unix socket whose name no file has, and to which any program of this machine may connect; without the sign before it.
  case abstract(String)
  /// A port of an address in numbers, IPv6 without brackets, or of a name; where one listens, 0 is any port that is free.
  ///
  /// One listens at numbers or at `localhost` only, and at all addresses of the machine by 0.0.0.0 or `::`.
  case tcp(host: String, port: UInt16)
  /// A descriptor that listens already, or is connected already, as whoever started this program left it; it belongs to
  /// whoever makes use of it from then on. One that is lent goes on belonging to somebody else: one listens at a copy of
  /// it, and another may do so after that.
  case descriptor(Int32, isLent: Bool)
  /// Two FIFOs, which are made where nothing is: one is read, the other is written.
  case fifos(input: String, output: String)
  /// Standard input and output, once.
  case standard
  /// A program and its arguments; its standard output is read, and its standard input is written.
  case program([String])
  /// Two POSIX message queues by their names, which are made where there are none: one is read, the other is written, and
  /// each line is one message.
  case queues(input: String, output: String)

  /// A port of 127.0.0.1; 0: any that is free.
  package static func loopback(port: UInt16) -> Self { .tcp(host: "127.0.0.1", port: port) }

  /// Whether it is out of reach for other machines, as far as can be told without asking anybody. What is behind a name may
  /// be anywhere, but for `localhost`.
  package var isLocal: Bool {
    switch self {
    case .path, .abstract, .fifos, .standard, .program, .queues: true
    case .tcp: addresses.map { $0.allSatisfy(\.isLocal) } ?? false
    case .descriptor(let number, _): SocketAddress.own(of: number)?.isLocal ?? false
    }
  }

  /// Whether others can come there, and one can listen.
  package var isListenable: Bool {
    switch self {
    case .path, .abstract, .tcp, .descriptor: true
    case .fifos, .standard, .program, .queues: false
    }
  }

  /// Whether one can come there again when a stream has ended.
  package var isLasting: Bool {
    switch self {
    case .path, .abstract, .tcp, .fifos, .program, .queues: true
    case .descriptor, .standard: false
    }
  }

  /// Whether several connections can lead there.
  package var takesSeveral: Bool {
    switch self {
    case .path, .abstract, .tcp, .program: true
    case .descriptor, .fifos, .standard, .queues: false
    }
  }

  /// The addresses of a port, in the order in which they should be tried; nil when somebody has to be asked for them, and of
  /// other places.
  var addresses: [SocketAddress]? {
    guard case .tcp(let host, let port) = self else { return nil }
    // Wherever somebody's list of names may lead, this one means here.
    let hosts = host.lowercased() == "localhost" ? ["127.0.0.1", "::1"] : [host]
    let addresses = hosts.compactMap { SocketAddress(host: $0, port: port) }
    return addresses.isEmpty ? nil : addresses
  }
}

extension Endpoint: CustomStringConvertible {
  /// As a person would write it.
  package var description: String {
    switch self {
    case .path(let path, _): path
    case .abstract(let name): "@\(name)"
    case .tcp(let host, let port): SocketAddress.text(of: host, port: port)
    case .descriptor(let number, _): "descriptor \(number)"
    case .fifos(let input, let output), .queues(let input, let output): "\(input),\(output)"
    case .standard: "standard input and output"
    case .program(let words): words.joined(separator: " ")
    }
  }
}

extension ListeningSocket {
  /// One that listens at an endpoint: EADDRNOTAVAIL where that is none of this machine's, or a name.
  convenience init(at endpoint: Endpoint) throws(SystemError) {
    switch endpoint {
    case .path(let path, let permissions): try self.init(path: path, permissions: permissions)
    case .abstract(let name): try self.init(address: try SocketAddress(abstract: name))
    case .tcp:
      guard let address = endpoint.addresses?.first else { throw .cannotBeListenedAt(endpoint) }
      try self.init(address: address)
    case .descriptor(let number, isLent: false): try self.init(adopting: number)
    case .descriptor(let number, isLent: true): try self.init(copying: number)
    case .fifos, .standard, .program, .queues: throw .cannotBeListenedAt(endpoint)
    }
  }
}
