// Messages a second from one process to another.

internal import CContenders
internal import ChannelMessages
internal import Transom

/// One writer to one durable reader; that none is lost and all are in order is looked at on the way.
enum FlowRow {
  static let oneByOne = row("one by one", batch: 1, target: 300_000)
  static let batches = row("50 a batch", batch: 50, target: 1_500_000)

  private static func row(_ manner: String, batch: Int, target: Double) -> Comparison {
    Comparison(
      name: "one writer to one durable reader, \(manner)",
      unit: .messagesPerSecond,
      ours: Contender(
        "Transom",
        .works { place in
          let channel = try Channel(at: "\(place.folder)/channel", as: .backend)
          let deliveries = try channel.messages(reader: "bench")
          let payloads = try Payload.numbered(different)
          var last: UInt64 = 0
          var taken = 0
          return { count in
            for _ in 0..<count {
              let delivery = try deliveries.next(within: .seconds(10))
              guard let delivery, delivery.missing.isEmpty, delivery.number == last + 1,
                isSame(delivery.message.payload, payloads[taken % different])
              else { throw Lost(number: last + 1) }
              try delivery.acknowledge()
              last += 1
              taken += 1
            }
          }
        },
        .works { place in
          let channel = try Channel(at: "\(place.folder)/channel", as: .frontend, options: .journalAlone)
          let payloads = try Payload.numbered(different)
          var sent = 0
          return { count in
            for _ in 0..<count / batch {
              if batch == 1 {
                try channel.send("tick", payloads[sent % different])
              } else {
                try channel.send(
                  contentsOf: (sent..<sent + batch).map { .event("tick", payloads[$0 % different]) }
                )
              }
              sent += batch
            }
          }
        }
      ),
      rivals: [
        .init(
          Contender(
            "C, one journal, raw inotify, one by one",
            .works { place in
              let end = unsafe contender_journal_end_open(place.folder, 0, CONTENDER_RAW_INOTIFY)
              return { count in for _ in 0..<count { unsafe contender_journal_take(end) } }
            },
            .works { place in
              let end = unsafe contender_journal_end_open(place.folder, 1, CONTENDER_RAW_INOTIFY)
              return { count in for _ in 0..<count { unsafe contender_journal_send(end) } }
            }
          ),
          // The same work; where it does not reach the target either, that is the machine's doing.
          pace: batch == 1 ? 1 : nil
        ),
        .init(
          Contender(
            "Unix socket, a write a message",
            .works { place in
              let stream = unsafe contender_socket_listen(place.folder)
              return { count in for _ in 0..<count { unsafe contender_stream_receive(stream) } }
            },
            .works { place in
              let stream = unsafe contender_socket_connect(place.folder)
              return { count in for _ in 0..<count { unsafe contender_stream_send(stream) } }
            }
          ),
          // It takes a million where one and a half are asked of us.
          pace: batch == 1 ? nil : 1.5
        ),
      ],
      sliceCount: 50_000,
      target: .value(atLeast: target)
    )
  }

  /// A message did not come, or not in its turn.
  private struct Lost: Error {
    let number: UInt64
  }

  /// Whether two payloads have the same length and number. The rest is the same in all, and checked by the journal.
  private static func isSame(_ left: JSONText, _ right: JSONText) -> Bool {
    left.bytes.count == right.bytes.count && (5..<8).allSatisfy { left.bytes[$0] == right.bytes[$0] }
  }

  /// So many payloads differ: one that came twice or in another's place is found by what it holds, and not only by its
  /// number.
  private static let different = 997
}
