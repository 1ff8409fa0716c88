// What this side has sent lately.

package import ChannelMessages
internal import ChannelModel

extension Channel {
  /// The last messages in the direction of this side, so many at most, the oldest first; whoever went on for somebody who
  /// died finds out what had been done. It waits for the disk and for locks.
  package func lastSent(_ most: UInt64) throws(ChannelError) -> [Message] {
    let folder = try core.direction(outbox.direction)
    let tail = try folder.log.tailNumber().rawValue
    let reader = JournalReader(folder, after: SequenceNumber(tail - min(tail, most)))
    var sent: [Message] = []
    while let stretch = try reader.next() {
      for record in stretch.records where record.kind.carriesMessage && record.sequenceNumber.rawValue <= tail {
        if let message = try? Message(Array(stretch.bytes[record.content])) { sent.append(message) }
      }
    }
    return sent
  }
}
