// A question and its answer between two processes.

internal import CContenders
internal import LinuxIO
internal import Transom

/// A request and its response, through the blocking API as it is by default, and other ways of today: the request is in
/// no window unless its answer takes its time, and the answer is in one a moment after it was sent.
enum RoundTripRow {
  static let row = Comparison(
    name: "request and response",
    unit: .microseconds,
    ours: ours,
    rivals: [
      .init(overSocket, .ratio(atMost: 2.7)),
      .init(overFIFOs),
      .init(overZeroMQ),
      .init(overNATS, .ratio(atMost: 0.35)),
    ],
    alsoOnDisk: true
  )

  /// The way of 1.0: both ends look again and again.
  static let besidePeers = Comparison(
    name: "request and response, as 1.0 has them",
    unit: .microseconds,
    ours: ours,
    rivals: [
      .init(
        Contender("ipckit, which looks every 10 ms for requests", Peer.end("answer", serves: true), Peer.end("ask")),
        .ratio(atMost: 0.001)
      )
    ]
  )

  static let ours = Contender(
    "Transom",
    responder,
    .works { place in
      let channel = try Channel(at: "\(place.folder)/channel", as: .frontend)
      let payload = try Payload.json()
      return { count in for _ in 0..<count { let _: JSONText = try channel.request("echo", payload) } }
    }
  )

  /// Answers on the watcher's own thread: it does not wait.
  static let responder = End.serves { place in
    let channel = try Channel(at: "\(place.folder)/channel", as: .backend)
    let responder = channel.respondInline(to: "echo") { $0.payload }
    // Held within the loop: what is held behind an endless one is let go of before it.
    return { withExtendedLifetime((channel, responder)) { while true { KernelClock.pause(.seconds(3_600)) } } }
  }

  static func overJournals(_ name: String, _ notice: contender_notice) -> Contender {
    Contender(
      name,
      .serves { place in
        let end = unsafe contender_journal_end_open(place.folder, 0, notice)
        return { while true { unsafe contender_journal_answer(end) } }
      },
      .works { place in
        let end = unsafe contender_journal_end_open(place.folder, 1, notice)
        return { count in for _ in 0..<count { unsafe contender_journal_ask(end) } }
      }
    )
  }

  static let overSocket = Contender(
    "Unix socket",
    .serves { place in
      let stream = unsafe contender_socket_listen(place.folder)
      return { while true { unsafe contender_stream_answer(stream) } }
    },
    .works { place in
      let stream = unsafe contender_socket_connect(place.folder)
      return { count in for _ in 0..<count { unsafe contender_stream_ask(stream) } }
    }
  )

  private static let overFIFOs = Contender(
    "two FIFOs",
    .serves { place in
      let stream = unsafe contender_fifo_open(place.folder, 1)
      return { while true { unsafe contender_stream_answer(stream) } }
    },
    .works { place in
      let stream = unsafe contender_fifo_open(place.folder, 0)
      return { count in for _ in 0..<count { unsafe contender_stream_ask(stream) } }
    }
  )

  private static let overZeroMQ = Contender(
    "ZeroMQ, ipc",
    .serves { place in
      let zeromq = try unsafe opened { unsafe contender_zeromq_open(place.folder, 1, $0) }
      return { while true { unsafe contender_zeromq_answer(zeromq) } }
    },
    .works { place in
      let zeromq = try unsafe opened { unsafe contender_zeromq_open(place.folder, 0, $0) }
      return { count in for _ in 0..<count { unsafe contender_zeromq_ask(zeromq) } }
    }
  )

  static let overNATS = Contender(
    "NATS, loopback",
    .serves { place in
      let nats = try unsafe opened { unsafe contender_nats_open(place.folder, 1, $0) }
      return { while true { unsafe contender_nats_answer(nats) } }
    },
    .works { place in
      let nats = try unsafe opened { unsafe contender_nats_open(place.folder, 0, $0) }
      return { count in for _ in 0..<count { unsafe contender_nats_ask(nats) } }
    }
  )

  /// What a C function opened, unless it gave a reason why it cannot.
  private static func opened(
    _ open: (UnsafeMutablePointer<UnsafePointer<CChar>?>) -> OpaquePointer?
  ) throws -> OpaquePointer {
    var reason: UnsafePointer<CChar>?
    if let opened = unsafe open(&reason) { return unsafe opened }
    throw unsafe Skipped(reason: reason.map { unsafe String(cString: $0) } ?? "it could not be opened")
  }
}
