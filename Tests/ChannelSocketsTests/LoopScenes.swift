// What tests of a loop begin with.

internal import ChannelSockets
internal import Glibc
internal import LinuxIO
internal import Synchronization
internal import TestSupport

/// Something that lives on a loop, and holds what a test puts there.
actor Lodger {
  let loop: Loop
  var timers: [LoopTimer] = []
  var watches: [DescriptorWatch] = []
  var signals: [SignalWatch] = []

  init(_ loop: Loop) {
    self.loop = loop
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

  /// Does something on the loop.
  func run<Result: Sendable>(_ body: @Sendable (isolated Lodger) throws -> Result) rethrows -> Result {
    try body(self)
  }

  func moveOut() {
    timers = []
    watches = []
    signals = []
  }
}

/// How many descriptors this process has open.
func openDescriptors() throws -> Int {
  try Directory.open("/proc/self/fd").names().count
}

/// Whether no more descriptors are open than so many, but for the three that libdispatch opens when it first waits for
/// something, which may be at any time.
func isClosed(downTo before: Int) throws -> Bool {
  try openDescriptors() <= before + 3
}

/// A number that threads share.
final class Count: Sendable {
  private let value = Atomic(0)
  func set(_ number: Int) { value.store(number, ordering: .sequentiallyConsistent) }
  /// Answers what it is afterwards.
  func add(_ number: Int) -> Int { value.wrappingAdd(number, ordering: .sequentiallyConsistent).newValue }
}

/// Lines that threads write one after the other.
final class Notebook<Line: Sendable>: Sendable {
  private let written = Mutex<[Line]>([])
  var lines: [Line] { written.withLock { $0 } }
  func write(_ line: Line) { written.withLock { $0.append(line) } }
}

extension Array where Element: Comparable {
  /// The one in the middle.
  var median: Element { sorted()[count / 2] }
}
