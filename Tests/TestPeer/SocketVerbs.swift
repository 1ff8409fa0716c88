// What the peer says of descriptors that were opened before it was begun, and those that it opens for others.

internal import Glibc
internal import LinuxIO
internal import TestSupport

/// `socket-take [NAME]`: each descriptor's name, and what a child has of it; then a word to who connects to the one of this
/// name.
func socketTake(_ arguments: [String]) throws {
  var environment: [String: String] = [:]
  for name in Supervisor.variables { environment[name] = ProcessEnvironment.value(of: name) }
  var descriptors = try ActivatedDescriptors.inherited(environment: environment)
  for entry in descriptors.entries {
    let isKept = fcntl(entry.number, F_GETFD) & FD_CLOEXEC == 0
    print(entry.name, entry.number, isKept ? "inherited" : "ours")
  }
  print("all")
  fflush(nil)
  guard let name = arguments.first, let listener = descriptors.take(name) else { return }
  let connection = OwnedDescriptor(taking: try positive(accept(listener.number, nil, nil)))
  var text = "from \(name)"
  _ = text.withUTF8 { unsafe write(connection.number, $0.baseAddress, $0.count) }
}

/// `socket-give NAME=ADDRESS… -- PROGRAM ARGUMENT…`: begins a program with sockets that listen, as systemd would; an
/// address is a path, or a port of 127.0.0.1 or, behind a star, of all addresses.
func socketGive(_ arguments: [String]) throws {
  let parts = arguments.split(separator: "--", maxSplits: 1)
  guard parts.count == 2, let program = parts[1].first else { throw SystemError("execvp", code: EINVAL) }
  var names: [String] = []
  // What is let go of here is listened at no more.
  var sockets: [AnyObject] = []
  defer { withExtendedLifetime(sockets) {} }
  for argument in parts[0] {
    let halves = argument.split(separator: "=", maxSplits: 1).map(String.init)
    guard halves.count == 2 else { throw SystemError("bind", on: argument, code: EINVAL) }
    let socket = try listening(at: halves[1])
    sockets.append(socket.holder)
    // Out of the way of those that go to their places, and of what is open.
    _ = try positive(dup2(try positive(fcntl(socket.number, F_DUPFD_CLOEXEC, 100)), 3 + Int32(names.count)))
    names.append(halves[0])
  }
  unsafe setenv("LISTEN_PID", "\(getpid())", 1)
  unsafe setenv("LISTEN_FDS", "\(names.count)", 1)
  unsafe setenv("LISTEN_FDNAMES", names.joined(separator: ":"), 1)
  var words = unsafe parts[1].map { unsafe strdup($0) } + [nil]
  _ = unsafe execvp(program, &words)
  throw SystemError("execvp", on: program, code: errno)
}

/// What holds a socket, and its number.
private func listening(at address: String) throws -> (holder: AnyObject, number: Int32) {
  if address.hasPrefix("/") {
    // By its whole name, as a supervisor would: the kernel tells by which it was made.
    let socket = try RawSocket(listeningAt: address)
    return (socket, socket.number)
  }
  let host = address.hasPrefix("*") ? "0.0.0.0" : "127.0.0.1"
  guard let port = UInt16(address.drop { $0 == "*" }), let place = SocketAddress(host: host, port: port) else {
    throw SystemError("bind", on: address, code: EINVAL)
  }
  let socket = try ListeningSocket(address: place)
  return (socket, socket.number ?? -1)
}

private func positive(_ number: Int32) throws -> Int32 {
  guard number >= 0 else { throw SystemError("accept", code: errno) }
  return number
}
