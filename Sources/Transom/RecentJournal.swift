// Looking back into a journal by time.

internal import ChannelMessages
internal import ChannelModel

/// Finds what was sent lately: a responder that starts looks for requests that nobody has answered.
enum RecentJournal {
  /// A seq behind which everything stands that was sent since: whole segments, so a little more.
  static func start(of folder: DirectionFolder, since time: WallTime) throws(ChannelError) -> SequenceNumber {
    for segment in try folder.log.segments().sorted(by: >) {
      let reader = JournalReader(folder, after: segment.previous)
      // One that is gone or empty says nothing; the one before it is looked at.
      if let first = try reader.next()?.records.first, first.time < time { return segment.previous }
    }
    return .none
  }

  /// The requests that were answered since: their answers' `reply_to`.
  static func answeredRequests(in folder: DirectionFolder, since time: WallTime) throws(ChannelError) -> Set<String> {
    let reader = JournalReader(folder, after: try start(of: folder, since: time))
    var answered: Set<String> = []
    while let stretch = try reader.next() {
      for record in stretch.records where record.kind.carriesMessage && record.time >= time {
        let content = stretch.bytes.span.extracting(record.content)
        guard let index = try? MessageIndex(element: content), index.kind == .response, let place = index.replyTo,
          let id = JSONString.decode(content, place)
        else { continue }
        answered.insert(id)
      }
    }
    return answered
  }
}
