// What the peer says of descriptors that were opened before it was begun.

internal import Glibc
internal import LinuxIO

/// `socket-take [NAME]`: each descriptor's name, and what a child has of it; then a word to who connects to the one of this
/// name.
func socketTake(_ arguments: [String]) throws {
  var environment: [String: String] = [:]
  for name in Supervisor.variables { environment[name] = ProcessEnvironment.value(of: name) }
  var descriptors = try ActivatedDescriptors.inherited(environment: environment)
  for entry in descriptors.entries {
    let isKept = fcntl(entry.number, F_GETFD) & FD_CLOEXEC == 0
    print(entry.name, entry.number, isKept ? "inherited" : "ours")
  }
  print("all")
  fflush(nil)
  guard let name = arguments.first, let listener = descriptors.take(name) else { return }
  let connection = OwnedDescriptor(taking: try positive(accept(listener.number, nil, nil)))
  var text = "from \(name)"
  _ = text.withUTF8 { unsafe write(connection.number, $0.baseAddress, $0.count) }
}

private func positive(_ number: Int32) throws -> Int32 {
  guard number >= 0 else { throw SystemError("accept", code: errno) }
  return number
}
