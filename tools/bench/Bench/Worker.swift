// The side of a contender's process.

internal import CContenders
internal import Glibc
internal import LinuxIO

/// Runs one end: says `ready`, then answers each count on standard input with the moments between which it did the work.
enum Worker {
  static func run(_ end: End, in place: Place) async {
    contender_end_with_parent()
    do {
      switch end {
      case .works(let open):
        let work = try open(place)
        say("ready")
        while let count = nextCount() {
          let start = KernelClock.sinceBoot()
          try work(count)
          say("\(start) \(KernelClock.sinceBoot())")
        }
      case .worksAsync(let open):
        let work = try await open(place)
        say("ready")
        while let count = nextCount() {
          let start = KernelClock.sinceBoot()
          try await work(count)
          say("\(start) \(KernelClock.sinceBoot())")
        }
      case .measures(let open):
        let measure = try open(place)
        say("ready")
        while let count = nextCount() { say("0 \(try measure(count))") }
      case .repeats(let open):
        let deed = try open(place)
        say("ready")
        while let count = nextCount() { say("0 \(try median(of: deed, count) * UInt64(count))") }
      case .isProgram(_, let arguments): try become(try arguments(place))
      case .serves(let open):
        let serve = try open(place)
        say("ready")
        try serve()
      case .holds(let open):
        let held = try await open(place)
        say("ready")
        withExtendedLifetime(held) { while true { KernelClock.pause(.seconds(3_600)) } }
      }
    } catch let skipped as Skipped {
      say("skipped \(skipped.reason)")
    } catch {
      say("failed \(error)")
    }
    exit(0)
  }

  /// How many nanoseconds the middle one of so many took; the lower of the two in the middle.
  private static func median(of deed: () throws -> Void, _ count: Int) throws -> UInt64 {
    var times: [UInt64] = []
    for _ in 0..<count {
      let start = KernelClock.sinceBoot()
      try deed()
      times.append(KernelClock.sinceBoot() - start)
    }
    return times.sorted()[(count - 1) / 2]
  }

  private static func become(_ arguments: [String]) throws {
    var argv = unsafe arguments.map { unsafe strdup($0) } + [nil]
    unsafe execv(arguments[0], &argv)
    throw SystemError("execv", on: arguments[0], code: errno)
  }

  private static func nextCount() -> Int? { readLine().flatMap { Int($0) } }

  private static func say(_ line: String) {
    print(line)
    fflush(nil)
  }
}
