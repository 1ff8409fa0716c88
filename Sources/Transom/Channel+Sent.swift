// What this side has sent lately, and who reads what the other side sends.

package import ChannelMessages
internal import ChannelModel

extension Channel {
  /// Shows the last messages in the direction of this side, so many at most, the oldest first; whoever goes on for somebody who
  /// died finds out what had been done. It waits for the disk and for locks.
  package func forEachSent(ofLast most: UInt64, _ body: (Message) -> Void) throws(ChannelError) {
    let folder = try core.direction(outbox.direction)
    let tail = try folder.log.tailNumber().rawValue
    let reader = JournalReader(folder, after: SequenceNumber(tail - min(tail, most)))
    while let stretch = try reader.next() {
      for record in stretch.records where record.kind.carriesMessage && record.sequenceNumber.rawValue <= tail {
        if let message = try? Message(Array(stretch.bytes[record.content])) { body(message) }
      }
    }
  }

  /// Those by whose names messages of the other side are kept. It waits for the disk.
  package func readers() throws(ChannelError) -> ReaderRegistry { ReaderRegistry(try core.direction(incoming)) }
}
