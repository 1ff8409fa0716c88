import Glibc
import LinuxIO
import Testing

/// Waits with the owners alive: a bare number would outlive them in a release build, where an object ends at its last
/// use.
private func wait(on wakes: [WakeDescriptor], for limit: Duration? = nil) throws(SystemError) -> Readiness {
  defer { withExtendedLifetime(wakes) {} }
  return try Readiness.wait(on: wakes.map(\.number), for: limit)
}

/// What a thread waits with: wake-ups and readiness.
@Suite(.timeLimit(.minutes(1))) struct InotifyWaitTests {
  @Test func manySignalsAreOneWakeUpUntilCleared() throws {
    let wake = try WakeDescriptor()
    #expect(try wait(on: [wake], for: .zero) == .timedOut)
    #expect(!wake.clear())
    for _ in 0..<1_000 { wake.signal() }
    guard case .ready(let places) = try wait(on: [wake]) else {
      Issue.record("not ready")
      return
    }
    #expect(places.contains(0))
    #expect(!places.contains(1))
    #expect(!places.contains(-1))
    #expect(!places.contains(64))
    #expect(wake.clear())
    #expect(!wake.clear())
    #expect(try wait(on: [wake], for: .zero) == .timedOut)
  }

  @Test func aFullCounterIsASignalLikeAnyOther() throws {
    let wake = try WakeDescriptor()
    var most = UInt64.max - 1
    #expect(unsafe write(wake.number, &most, 8) == 8)
    wake.signal()
    #expect(wake.clear())
    #expect(!wake.clear())
  }

  @Test func itIsClosedOnExecAndNeverBlocks() throws {
    let wake = try WakeDescriptor()
    #expect(fcntl(wake.number, F_GETFD) & FD_CLOEXEC != 0)
    #expect(fcntl(wake.number, F_GETFL) & O_NONBLOCK != 0)
  }

  @Test func anotherThreadEndsAWaitForEver() throws {
    let wake = try WakeDescriptor()
    var thread = pthread_t()
    unsafe pthread_create(
      &thread,
      nil,
      { argument in
        if let argument = unsafe argument {
          unsafe Unmanaged<WakeDescriptor>.fromOpaque(argument).takeUnretainedValue().signal()
        }
        return nil
      },
      Unmanaged.passUnretained(wake).toOpaque()
    )
    #expect(try wait(on: [wake]) != .timedOut)
    pthread_join(thread, nil)
    withExtendedLifetime(wake) {}
  }

  @Test func theOnesThatAreReadyAreNamedByPlace() throws {
    let wakes = try (0..<64).map { _ in try WakeDescriptor() }
    for place in [0, 31, 63] { wakes[place].signal() }
    guard case .ready(let places) = try wait(on: wakes, for: .seconds(10)) else {
      Issue.record("not ready")
      return
    }
    #expect((0..<64).filter(places.contains) == [0, 31, 63])
  }

  @Test(arguments: [Duration.milliseconds(20), .zero, .seconds(-1), .nanoseconds(1)])
  func aWaitEndsWithItsTimeAndNotBefore(_ limit: Duration) throws {
    let wake = try WakeDescriptor()
    let start = ContinuousClock.now
    #expect(try wait(on: [wake], for: limit) == .timedOut)
    #expect(start.duration(to: .now) >= limit)
  }

  @Test func aTimeBeyondCountingIsNoTrap() throws {
    let wake = try WakeDescriptor()
    wake.signal()
    #expect(try wait(on: [wake], for: .seconds(Int64.max)) != .timedOut)
  }

  @Test func signalsNeitherEndAWaitNorProlongIt() async {
    await #expect(processExitsWith: .success) {
      // A timer that interrupts the wait every 5 ms: were the time begun again each time, it would never end.
      signal(SIGALRM) { _ in }
      var timer = itimerval(
        it_interval: timeval(tv_sec: 0, tv_usec: 5_000),
        it_value: timeval(tv_sec: 0, tv_usec: 5_000)
      )
      unsafe setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
      var mask = sigset_t()
      unsafe sigemptyset(&mask)
      unsafe sigaddset(&mask, SIGALRM)
      unsafe pthread_sigmask(SIG_UNBLOCK, &mask, nil)
      let wake = try WakeDescriptor()
      let start = ContinuousClock.now
      #expect(try wait(on: [wake], for: .milliseconds(100)) == .timedOut)
      let took = start.duration(to: .now)
      #expect(took >= .milliseconds(100))
      #expect(took < .seconds(20))
    }
  }

  @Test func aClosedEndCountsAsReady() throws {
    var ends: [Int32] = [-1, -1]
    try #require(unsafe pipe(&ends) == 0)
    let reading = OwnedDescriptor(taking: ends[0])
    close(ends[1])
    #expect(try Readiness.wait(on: [reading.number], for: .seconds(10)) != .timedOut)
  }
}
