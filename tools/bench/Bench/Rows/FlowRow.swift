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
          var next = 0
          return { count in
            for _ in 0..<count {
              guard let delivery = try deliveries.next(within: .seconds(10)) else { throw Lost(number: next) }
              guard number(in: delivery.message.payload.bytes) == next else { throw Lost(number: next) }
              try delivery.acknowledge()
              next += 1
            }
          }
        },
        .works { place in
          let channel = try Channel(at: "\(place.folder)/channel", as: .frontend)
          var next = 0
          return { count in
            if batch == 1 {
              for _ in 0..<count {
                try channel.send("tick", try payload(next))
                next += 1
              }
            } else {
              for _ in 0..<count / batch {
                let messages = try (next..<next + batch).map { Outgoing.event("tick", try payload($0)) }
                try channel.send(contentsOf: messages)
                next += batch
              }
            }
          }
        }
      ),
      rivals: [
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
          )
        )
      ],
      sliceCount: 50_000,
      target: .value(atLeast: target)
    )
  }

  /// A message did not come, or not in its turn.
  private struct Lost: Error {
    let number: Int
  }

  /// About as long as what the contenders carry, with a number in front.
  private static func payload(_ number: Int) throws -> JSONText {
    try JSONText("{\"n\":\(number),\(rest)")
  }

  /// What follows the number in the payload of all.
  private static let rest = unsafe String(cString: contender_payload).drop { $0 != "," }.dropFirst()

  /// The digits behind `{"n":`.
  private static func number(in payload: [UInt8]) -> Int {
    var number = 0
    for byte in payload.dropFirst(5) {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { break }
      number = number * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return number
  }
}
