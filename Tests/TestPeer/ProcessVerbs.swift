// What the peer says of processes, mostly inside a pid namespace of its own.

internal import LinuxIO

/// `process-identity`: its own pid, start time, pid namespace and boot, the last as decimal bytes.
func processIdentity(_ arguments: [String]) throws {
  let own = try ProcessIdentity.current()
  let boot = own.boot.bytes.map { "\($0)" }.joined(separator: ",")
  print(own.pid, own.startTime, own.pidNamespace, boot)
}

/// `process-look PID`: what can be said of it from here.
func processLook(_ arguments: [String]) throws {
  print(ProcessIdentity.look(Int32(arguments[0]) ?? 0))
}
