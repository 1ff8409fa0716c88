// One message into the journal.

internal import CContenders
internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO
internal import Transom

/// `send` with the default durability, and no window, against the same append in C, and against a send as protocol 1.0 has it.
enum AppendRow {
  static let row = Comparison(
    name: "append a message of 300 bytes",
    unit: .microseconds,
    ours: Contender(
      "Transom, send",
      .works { place in
        let channel = try Channel(at: "\(place.folder)/channel", as: .backend, options: .journalAlone)
        let payload = try Payload.json()
        return { count in for _ in 0..<count { try channel.send("tick", payload) } }
      }
    ),
    rivals: [
      .init(
        Contender(
          "C, append",
          .works { place in
            let journal = unsafe contender_journal_open(place.folder, 0)
            return { count in for _ in 0..<count { unsafe contender_append(journal) } }
          }
        ),
        .ratio(atMost: 1.15)
      ),
      .init(journalAlone),
      .init(
        Contender(
          "C, floor of a send through a window of 100",
          .works { place in
            let window = unsafe contender_window_open(place.folder)
            return { count in for _ in 0..<count { unsafe contender_publish(window) } }
          }
        )
      ),
    ],
    alsoOnDisk: true
  )

  /// What `send` does below the channel, with a text that is made beforehand: tells where time goes.
  private static let journalAlone = Contender(
    "Transom, the journal without the channel",
    .works { place in
      let folder = try ChannelFolder.open("\(place.folder)/channel", options: ChannelFolder.Options())
      let journal = try folder.direction(.backendToFrontend).log
      let id = String(repeating: "0", count: 36)
      let message = Message(id: id, timestamp: 0, kind: .event, method: "tick", payload: try Payload.json())
      let draft = JournalDraft.own(message.encode())
      return { count in
        for _ in 0..<count { _ = try journal.append([draft], until: Moment(nanoseconds: .max)) }
      }
    }
  )
}
