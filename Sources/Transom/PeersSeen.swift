// What is known of the 1.0 programs at one window.

internal import ChannelModel
internal import Synchronization

/// `PeerEvidence` for the threads of a process, joined with what other processes left in `project.lock`.
final class PeersSeen: Sendable {
  private let evidence = Mutex(PeerEvidence())

  var current: PeerEvidence { evidence.withLock { $0 } }

  func update(_ change: (inout PeerEvidence) -> Void) {
    evidence.withLock { change(&$0) }
  }

  /// Takes in what the last projector knew.
  func learn(from record: ProjectLockRecord, at now: Moment) {
    evidence.withLock {
      $0.learn(
        writerSeen: record.writerSeen,
        readerSeen: record.readerSeen,
        readerRuledOut: record.readerRuledOut,
        at: now
      )
    }
  }
}
