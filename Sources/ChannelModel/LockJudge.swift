// Whether a lock file still means that somebody publishes.

/// Judges locks. Process ids are never asked: they may be another container's.
package struct LockJudge: Hashable, Sendable {
  package enum Verdict: Hashable, Sendable {
    case held(by: Holder)
    /// Held, and its time of modification lies in the future: leave a mark that it was seen now, so that it cannot block for
    /// ever, not even programs that run once and end.
    case heldFromFuture(by: Holder)
    /// Take it aside, look whether that was the one judged, and unlink the peer's temporary file: a holder who was only
    /// stopped then fails and reports, instead of publishing a stale copy.
    case stale(Reason)
    /// Something else lies in the lock's place; only a person can say what it is.
    case obstructed
  }

  package enum Holder: Hashable, Sendable {
    case transom(process: UInt32?)
    case newerTransom(version: UInt64, process: UInt32?)
    case peer(process: UInt32?)
  }

  package enum Reason: Hashable, Sendable {
    /// It is one of ours and its flock is free.
    case holderIsGone
    /// Nobody has touched it for longer than 1.0 lets a sender take.
    case untouched
  }

  /// What 1.0 says: a lock that was not touched for longer is nobody's.
  package static let patience: Duration = .seconds(5)

  /// The boot that this program runs under.
  package let boot: UniqueID
  /// Whether a flock is seen by every process that can reach the file; not so on network file systems.
  package let flockIsKernelWide: Bool

  package init(boot: UniqueID, flockIsKernelWide: Bool) {
    self.boot = boot
    self.flockIsKernelWide = flockIsKernelWide
  }

  package func judge(_ lock: LockFacts) -> Verdict {
    guard lock.isRegularFile else { return .obstructed }
    let process = lock.contents.process
    switch lock.contents.second {
    case .ours(let holder):
      // A live flock is never robbed, however old: its holder may be stopped and go on.
      if flockIsKernelWide, holder.boot == boot, let isFree = lock.flockIsFree {
        return isFree ? .stale(.holderIsGone) : .held(by: .transom(process: process))
      }
      return byAge(lock, holder: .transom(process: process))
    case .newer(let version):
      return byAge(lock, holder: .newerTransom(version: version, process: process))
    case .foreign:
      return byAge(lock, holder: .peer(process: process))
    }
  }

  private func byAge(_ lock: LockFacts, holder: Holder) -> Verdict {
    switch lock.age {
    case .past(let age), .future(seenFor: .some(let age)):
      age > Self.patience ? .stale(.untouched) : .held(by: holder)
    case .future(seenFor: nil):
      .heldFromFuture(by: holder)
    }
  }
}

extension LockJudge.Holder: CustomStringConvertible {
  /// Which process, and what kind of program it is.
  package var description: String {
    func name(_ process: UInt32?) -> String { process.map { "process \($0)" } ?? "somebody" }
    return switch self {
    case .transom(let process): "\(name(process)), which uses Transom"
    case .newerTransom(let version, let process):
      "\(name(process)), which uses a newer Transom (lock version \(version))"
    case .peer(let process): "\(name(process)), a 1.0 program"
    }
  }
}
