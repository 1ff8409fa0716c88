import ChannelModel
import LinuxIO
import Synchronization
import TestSupport
import Testing

@testable import Transom

/// Deeds and their moments.
@Suite(.timeLimit(.minutes(2))) struct TimerQueueTests {
  private func at(_ nanoseconds: UInt64) -> Moment { Moment(nanoseconds: nanoseconds) }

  @Test func deedsComeInTheOrderOfTheirMomentsWhateverIsCancelled() {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<200 {
      var queue = TimerQueue()
      var expected: [(moment: UInt64, name: Int)] = []
      var tickets: [Int: TimerQueue.Ticket] = [:]
      let done = Mutex<[Int]>([])
      for name in 0..<60 {
        let moment = UInt64.random(in: 1..<20, using: &random)
        tickets[name] = queue.add(at: at(moment)) { done.withLock { $0.append(name) } }
        expected.append((moment, name))
        if Bool.random(using: &random), let victim = tickets.keys.sorted().randomElement(using: &random) {
          let ticket = tickets.removeValue(forKey: victim)
          #expect(ticket.flatMap { queue.cancel($0) } != nil)
          #expect(ticket.flatMap { queue.cancel($0) } == nil)
          expected.removeAll { $0.name == victim }
        }
        #expect(queue.count == expected.count)
        #expect(queue.earliest == expected.map(\.moment).min().map(at))
      }
      for now in UInt64(0)..<20 {
        while let deed = queue.next(due: at(now)) { deed() }
        let due = expected.filter { $0.moment <= now }.sorted { ($0.moment, $0.name) < ($1.moment, $1.name) }
        #expect(done.withLock { $0 } == due.map(\.name))
      }
      #expect(queue.count == 0)
    }
  }

  @Test func aTicketOfADeedThatIsDoneCancelsNothingElse() {
    var queue = TimerQueue()
    let old = queue.add(at: at(1)) {}
    #expect(queue.next(due: at(1)) != nil)
    _ = queue.add(at: at(2)) {}
    #expect(queue.cancel(old) == nil)
    #expect(queue.count == 1)
  }

  @Test func theOwnThreadDoesWhatIsDueInOrderThoughALaterMomentWasWaitedFor() async {
    await #expect(processExitsWith: .success) {
      let watcher = try Watcher.shared()
      let number = try watcher.add(ProbeChannel())
      let done = Mutex<[Int]>([])
      let all = Gate()
      let start = Moment.now
      // Each is sooner than the one that is waited for, so the thread has to be woken for it.
      for name in [5, 4, 3, 2, 1] {
        watcher.schedule(at: start.advanced(by: .milliseconds(20 * name))) {
          #expect(watcher.isDrivingThread)
          done.withLock { $0.append(name) }
          if name == 5 { all.open(forAll: true) }
        }
      }
      let cancelled = watcher.schedule(at: start.advanced(by: .milliseconds(50))) { done.withLock { $0.append(0) } }
      cancelled.cancel()
      all.wait(while: 0, until: start.advanced(by: .seconds(20)).nanoseconds)
      #expect(done.withLock { $0 } == [1, 2, 3, 4, 5])
      #expect(Moment.now.duration(since: start) >= .milliseconds(100))
      cancelled.cancel()
      watcher.remove(number)
    }
  }

  @Test func aBlockedCallerDoesWhatIsDue() async {
    await #expect(processExitsWith: .success) {
      let watcher = try Watcher.shared()
      let done = Atomic(false)
      let own = KernelThread.current
      // Nobody else is there to do it: there is no channel yet, and so no thread.
      watcher.schedule(at: Moment.now.advanced(by: .milliseconds(5))) {
        #expect(KernelThread.current == own)
        done.store(true, ordering: .sequentiallyConsistent)
      }
      let until = Moment.now.advanced(by: .seconds(20))
      #expect(watcher.wait(until: until) { done.load(ordering: .sequentiallyConsistent) })
      #expect(!watcher.isDrivingThread)
    }
  }
}
