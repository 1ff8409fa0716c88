// What `await` costs.

internal import Transom

/// A request through the async API against one through the blocking API; both are answered by the same responder.
enum AsyncRoundTripRow {
  static let row = Comparison(
    name: "request and response, async",
    unit: .microseconds,
    ours: Contender(
      "Transom, async",
      RoundTripRow.responder,
      .worksAsync { place in
        let channel = try Channel(at: "\(place.folder)/channel", as: .frontend)
        let payload = try Payload.json()
        return { count in
          try await withTaskExecutorPreference(channel.executor) {
            for _ in 0..<count { let _: JSONText = try await channel.request("echo", payload) }
          }
        }
      }
    ),
    rivals: [
      .init(RoundTripRow.ours, .ratio(atMost: 1.25)),
      .init(
        Contender(
          "Transom, async on the global executor",
          RoundTripRow.responder,
          .worksAsync { place in
            let channel = try Channel(at: "\(place.folder)/channel", as: .frontend)
            let payload = try Payload.json()
            return { count in for _ in 0..<count { let _: JSONText = try await channel.request("echo", payload) } }
          }
        )
      ),
    ]
  )
}
