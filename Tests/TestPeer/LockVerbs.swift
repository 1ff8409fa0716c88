// What the peer does with a window's lock, so that it can be killed while it does.

internal import ChannelModel
internal import Glibc
internal import LinuxIO
internal import Transom

/// The lock of a channel directory in which the folders are there already.
private func windowLock(in path: String) throws -> WindowLock {
  let channel = try Directory.open(path)
  let hidden = try channel.subdirectory(ChannelLayout.hidden)
  let place = WindowLock.Place(
    direction: .backendToFrontend,
    channel: channel,
    folder: try hidden.subdirectory(ChannelLayout.Hidden.folder(.backendToFrontend)),
    staging: Staging(try hidden.subdirectory(ChannelLayout.Hidden.staging))
  )
  return try WindowLock(at: place, own: try ProcessIdentity.current())
}

/// `lock-contend CHANNEL`: takes the lock again and again until there is a file `stop`.
///
/// Each round is one byte in `rounds`, and one into the FIFO `progress` for whoever waits for it; who is in holds
/// `witness`, and who cannot have it though he holds the lock has found a second holder, and says so in `violations`.
func lockContend(_ arguments: [String]) throws {
  let channel = try Directory.open(arguments[0])
  let witness = try Witness(at: "\(arguments[0])/witness")
  let rounds = try channel.openOrCreate("rounds")
  let progress = OwnedDescriptor(taking: unsafe open("\(arguments[0])/progress", O_RDWR | O_CLOEXEC))
  let lock = try windowLock(in: arguments[0])
  var random = SystemRandomNumberGenerator()
  while try channel.facts(of: "stop") == nil {
    let held = try lock.take(within: .seconds(20))
    guard witness.tryEnter() else {
      _ = try channel.openOrCreate("violations")
      print("two holders")
      exit(1)
    }
    KernelClock.pause(.microseconds(Int64.random(in: 0..<300, using: &random)))
    try rounds.write([1].span, at: try rounds.facts().stamp.size)
    witness.leave()
    try held.release()
    _ = unsafe write(progress.number, [1], 1)
  }
}

/// A second lock, known to be free by the time that any flock of a killed process is.
///
/// The kernel gives up a dying process's flocks in no promised order (the last one opened may go first, in one of a
/// thousand deaths here), but takes its record locks away from each file that it closes before any flock goes.
private struct Witness: ~Copyable {
  private let file: OwnedDescriptor

  init(at path: String) throws {
    file = OwnedDescriptor(taking: unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
  }

  func tryEnter() -> Bool { set(F_WRLCK) }
  func leave() { _ = set(F_UNLCK) }

  private func set(_ kind: Int32) -> Bool {
    var lock = flock()
    lock.l_type = Int16(kind)
    return unsafe fcntl(file.number, F_SETLK, &lock) == 0
  }
}

/// `lock-hold CHANNEL`: takes the lock, says so, and holds it until it is killed.
func lockHold(_ arguments: [String]) throws {
  let held = try windowLock(in: arguments[0]).take(within: .seconds(20))
  print("held")
  fflush(nil)
  while true {
    pause()
    // The object has to outlive the loop, which never ends.
    withExtendedLifetime(held) {}
  }
}

/// `lock-take CHANNEL MILLISECONDS`: takes the lock within so long and says what came of it.
func lockTake(_ arguments: [String]) throws {
  do {
    let held = try windowLock(in: arguments[0]).take(within: .milliseconds(Int64(arguments[1]) ?? 0))
    print("taken")
    try held.release()
  } catch let failure as WindowLock.Failure {
    print(failure)
  }
}
