// Looking back into a journal by time.

internal import ChannelMessages
internal import ChannelModel

/// Finds what was sent lately: a responder that starts looks for requests that nobody has answered.
enum RecentJournal {
  /// No further back than a journal of the standard length reaches: somebody may have put any number of files there.
  private static let highestSegmentCount = 512
  /// Answers beyond these are not remembered: who forges so many has only his own requests done twice.
  private static let highestAnswerCount = 1 << 20
  private static let longestID = 128

  /// A seq behind which everything stands that was sent since: whole segments, so a little more.
  static func start(of folder: DirectionFolder, since time: WallTime) throws(ChannelError) -> SequenceNumber {
    let segments = try folder.log.segments().suffix(highestSegmentCount)
    for segment in segments.reversed() {
      let reader = JournalReader(folder, after: segment.previous)
      // One that is gone or empty says nothing; the one before it is looked at.
      if let first = try reader.next()?.records.first, first.time < time { return segment.previous }
    }
    return segments.first?.previous ?? .none
  }

  /// The requests that were answered since: their answers' `reply_to`.
  static func answeredRequests(in folder: DirectionFolder, since time: WallTime) throws(ChannelError) -> Set<String> {
    let reader = JournalReader(folder, after: try start(of: folder, since: time))
    var answered: Set<String> = []
    while answered.count < highestAnswerCount, let stretch = try reader.next() {
      for record in stretch.records where record.kind.carriesMessage && record.time >= time {
        let content = stretch.bytes.span.extracting(record.content)
        guard let index = try? MessageIndex(element: content), index.kind == .response, let place = index.replyTo,
          place.count <= longestID, let id = JSONString.decode(content, place)
        else { continue }
        answered.insert(id)
      }
    }
    return answered
  }
}
