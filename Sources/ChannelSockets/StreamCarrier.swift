// What is under a stream.

internal import LinuxIO

/// What carries the bytes of a stream: one socket for both ways, a descriptor or a queue for each.
enum StreamCarrier {
  case socket(StreamSocket, DescriptorWatch)
  case halves(StreamHalves)
  case queues(StreamQueues)

  /// There is somebody to be told from here on.
  func begin() {
    switch self {
    case .socket, .queues: break
    case .halves(let halves): halves.begin()
    }
  }

  /// Takes what came, into the beginning of the buffer.
  func read(into buffer: inout [UInt8]) throws(SystemError) -> Transfer {
    switch self {
    case .socket(let socket, _): try socket.read(into: &buffer)
    case .halves(let halves): try halves.read(into: &buffer)
    case .queues(let queues): try queues.read(into: &buffer)
    }
  }

  /// Gives as many of the bytes as there is room for.
  func write(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Transfer {
    switch self {
    case .socket(let socket, _): try socket.write(bytes)
    case .halves(let halves): try halves.write(bytes)
    case .queues(let queues): try queues.write(bytes)
    }
  }

  /// Watches for something else from here on.
  func watch(for interest: DescriptorWatch.Readiness) {
    switch self {
    case .socket(_, let watch): watch.watch(for: interest)
    case .halves(let halves): halves.watch(for: interest)
    case .queues(let queues): queues.watch(for: interest)
    }
  }

  /// Tells the other end that nothing comes after what was given.
  func finishWriting() {
    switch self {
    case .socket(let socket, _): socket.finishWriting()
    case .halves(let halves): halves.finishWriting()
    case .queues: break
    }
  }

  /// What it has met, and nobody was told yet.
  func takeError() -> SystemError? {
    switch self {
    case .socket(let socket, _): socket.takeError()
    case .halves(let halves): halves.takeError()
    case .queues: nil
    }
  }

  /// Whether what fails has failed both ways, so that what came before is all there is.
  var failsAsOne: Bool {
    switch self {
    case .socket: true
    case .halves, .queues: false
    }
  }

  /// Who connected; nil of all but Unix sockets.
  var peer: PeerCredentials? {
    switch self {
    case .socket(let socket, _): socket.peer
    case .halves, .queues: nil
    }
  }

  /// What is to be said of its end beside; nil of all but programs.
  var afterword: String? {
    switch self {
    case .socket, .queues: nil
    case .halves(let halves): halves.afterword
    }
  }

  /// How long a line may be, where each has a place of its own; nil where bytes follow bytes.
  var lineLimit: Int? {
    switch self {
    case .socket, .halves: nil
    case .queues(let queues): queues.lineLimit
    }
  }

  /// Closes it for good.
  func close() {
    switch self {
    case .socket(let socket, let watch):
      // Before the descriptor is closed.
      watch.end()
      socket.close()
    case .halves(let halves): halves.close()
    case .queues(let queues): queues.close()
    }
  }
}
