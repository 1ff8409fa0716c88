// What tests of connectors begin with.

internal import ChannelSockets
internal import Glibc
internal import LinuxIO
internal import TestSupport

/// Somebody who listens and takes nobody, until so many wait there that the next has to.
final class FullListener {
  private let listener: OwnedDescriptor
  private var waiting: [StreamSocket] = []
  let endpoint: Endpoint

  /// At a port of 127.0.0.1.
  init() throws {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard number >= 0, listen(number, 0) == 0 else { throw SystemError("listen", code: errno) }
    listener = OwnedDescriptor(taking: number)
    guard let address = SocketAddress.own(of: number)?.description, let port = UInt16(address.dropFirst(8)) else {
      throw SystemError("getsockname", code: EINVAL)
    }
    endpoint = .loopback(port: port)
    guard let place = SocketAddress(host: "127.0.0.1", port: port) else { throw SystemError("connect", code: EINVAL) }
    // The first is let in at once; what the others are told, comes too late for them.
    for _ in 0..<4 { waiting.append(try StreamSocket.begin(to: place).socket) }
  }

  /// At a path.
  init(at path: String) throws {
    let socket = try RawSocket(listeningAt: path)
    listen(socket.number, 0)
    listener = OwnedDescriptor(taking: dup(socket.number))
    endpoint = .path(path)
    while let next = try? StreamSocket(connectedTo: path) { waiting.append(next) }
  }

  /// Takes all who came first.
  func makeRoom() {
    for _ in waiting { close(accept(listener.number, nil, nil)) }
    waiting = []
  }
}

/// Whether this machine has the loopback of IPv6; says so when it has not.
func hasLoopbackOfSix() -> Bool {
  let isThere = SocketAddress(host: "::1", port: 0).flatMap { try? ListeningSocket(address: $0) } != nil
  if !isThere { print("skipped: this machine has no ::1") }
  return isThere
}

/// A port of 127.0.0.1 at which nobody listens.
func freePort() throws -> UInt16 {
  guard let address = SocketAddress(host: "127.0.0.1", port: 0), let port = try ListeningSocket(address: address).port
  else { throw SystemError("bind", code: EINVAL) }
  return port
}

/// A name of the kernel's own that nobody else has.
func abstractName() -> String { "transom-test-\(UInt64.random(in: .min ... .max))" }
