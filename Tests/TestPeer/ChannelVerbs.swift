// What the peer does with whole channels.

internal import Glibc
internal import LinuxIO
internal import TestSupport
internal import Transom

/// `channel-send CHANNEL NAME COUNT [BOOT-ID-FILE]`: sends events as the backend, under another boot id when one is given.
func channelSend(_ arguments: [String]) throws {
  if arguments.count > 3 {
    let refusal = MountNamespace.enter() ?? MountNamespace.bind(arguments[3], at: "/proc/sys/kernel/random/boot_id")
    if let refusal {
      print("refused: \(refusal)")
      return
    }
  }
  let channel = try Channel(at: arguments[0], as: .backend)
  for number in 0..<(Int(arguments[2]) ?? 0) { try channel.send("\(arguments[1]) \(number)") }
  channel.close()
  print("sent")
}

/// `channel-die CHANNEL NAME`: sends one event as the backend, says so, and is gone the moment that it is sent: nothing of
/// this process can do anything about it any more.
func channelDie(_ arguments: [String]) throws {
  let channel = try Channel(at: arguments[0], as: .backend)
  try channel.send(arguments[1])
  // In one call and at once, for the same reason.
  _ = unsafe write(1, "sent\n", 5)
  kill(getpid(), SIGKILL)
  withExtendedLifetime(channel) {}
}

/// `channel-flood CHANNEL NAME STOP`: sends numbered events as the backend, as fast as it can, until there is a file STOP;
/// then says how many.
func channelFlood(_ arguments: [String]) throws {
  let channel = try Channel(at: arguments[0], as: .backend)
  var count = 0
  while unsafe access(arguments[2], F_OK) != 0 {
    try channel.send(arguments[1], count)
    count += 1
  }
  channel.close()
  print(count)
}

/// `channel-many FOLDER COUNT`: opens so many channels with room for 1,024 descriptors, sends to each twice, and says what
/// that took.
func channelMany(_ arguments: [String]) throws {
  var limit = rlimit(rlim_cur: 1_024, rlim_max: 1_024)
  guard unsafe setrlimit(__rlimit_resource_t(7), &limit) == 0 else { throw SystemError("setrlimit", code: errno) }
  let count = Int(arguments[1]) ?? 0
  let channels = try (0..<count).map { try Channel(at: "\(arguments[0])/\($0)", as: .backend) }
  for round in 0..<2 {
    for channel in channels { try channel.send("round \(round)") }
  }
  let descriptors = try Directory.open("/proc/self/fd").names().count
  let threads = try Directory.open("/proc/self/task").names().count
  print("descriptors \(descriptors) threads \(threads)")
  withExtendedLifetime(channels) {}
}

/// `channel-answer CHANNEL METHOD`: answers requests with their own payload as the backend, until it is killed.
func channelAnswer(_ arguments: [String]) throws {
  let channel = try Channel(at: arguments[0], as: .backend)
  channel.respond(to: arguments[1]) { (request: Message) in request.payload }
  print("ready")
  fflush(nil)
  while true { pause() }
}
