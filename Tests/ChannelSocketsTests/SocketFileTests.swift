import ChannelSockets
import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("The name of a listening socket", .timeLimit(.minutes(2))) struct SocketFileTests {
  /// A loop and a path for a socket in a directory of its own.
  private func withPath(_ body: (Loop, String) async throws -> Void) async throws {
    try await withScratchDirectory { directory in
      try await withLoop { try await body($0, directory + "/socket") }
    }
  }

  private func permissions(_ path: String) -> mode_t {
    var facts = stat()
    return unsafe lstat(path, &facts) == 0 ? facts.st_mode & 0o7777 : 0
  }

  private func names(beside path: String) throws -> [String] {
    try Directory.open(String(path.dropLast("/socket".count))).names().sorted()
  }

  @Test(arguments: [0o600, 0o660, 0o666, 0o700] as [UInt32])
  func hasThePermissionsThatWereAskedFor(_ wanted: UInt32) async throws {
    try await withPath { loop, path in
      let host = Host(on: loop)
      try await host.listen(at: .path(path, permissions: wanted))
      #expect(permissions(path) == mode_t(wanted))
      #expect(try names(beside: path) == ["socket"])
      withExtendedLifetime(host) {}
    }
  }

  @Test func hasThemAlsoUnderAnUmaskThatAllowsAllOrNothing() async {
    await #expect(processExitsWith: .success) {
      for mask in [0, 0o777] as [mode_t] {
        try await withScratchDirectory { directory in
          let path = directory + "/socket"
          umask(mask)
          defer { umask(0o022) }
          try await withLoop { loop in
            let host = Host(on: loop)
            try await host.listen(at: .path(path, permissions: 0o640))
            var facts = stat()
            unsafe lstat(path, &facts)
            #expect(facts.st_mode & 0o7777 == 0o640)
            withExtendedLifetime(host) {}
          }
        }
      }
    }
  }

  @Test func takesThePlaceOfADeadOne() async throws {
    try await withPath { loop, path in
      do { _ = try RawSocket(listeningAt: path) }
      #expect(throws: RawSocket.Refusal(code: ECONNREFUSED)) { try RawSocket(path: path) }
      let host = Host(on: loop, .echoes)
      try await host.listen(at: .path(path))
      #expect(permissions(path) == 0o600)
      let socket = try RawSocket(path: path)
      try socket.send("x")
      #expect(try socket.receive() == Array("x".utf8))
      #expect(try names(beside: path) == ["socket"])
    }
  }

  @Test func isNotTakenFromALivingOne() async throws {
    try await withPath { loop, path in
      let living = try RawSocket(listeningAt: path)
      let refusal = SystemError("bind", on: path, code: EADDRINUSE)
      await #expect(throws: refusal) { try await Host(on: loop).listen(at: .path(path)) }
      #expect("\(refusal)" == "\(path): cannot be listened at: Address already in use")
      // It goes on, and nothing is left of the attempt.
      _ = try RawSocket(path: path)
      #expect(try names(beside: path) == ["socket"])
      withExtendedLifetime(living) {}
    }
  }

  @Test func isNotTakenFromSomethingElse() async throws {
    try await withPath { loop, path in
      RawFiles.write("precious", to: path)
      await #expect(throws: SystemError("bind", on: path, code: EEXIST)) {
        try await Host(on: loop).listen(at: .path(path))
      }
      #expect(RawFiles.read(path) == "precious")
      let left = try names(beside: path)
      #expect(left == ["socket"])
      unsafe unlink(path)
      // Nor from where a link leads.
      RawFiles.write("precious", to: path + ".real")
      unsafe symlink(path + ".real", path)
      await #expect(throws: SystemError("bind", on: path, code: EEXIST)) {
        try await Host(on: loop).listen(at: .path(path))
      }
      #expect(RawFiles.read(path) == "precious")
    }
  }

  @Test func isGivenToOneOfManyWhoWantItAtOnce() async throws {
    for _ in 0..<50 {
      try await withScratchDirectory { directory in
        let path = directory + "/socket"
        do { _ = try RawSocket(listeningAt: path) }
        let winners = Count()
        let others = Notebook<Int32>()
        try await withThrowingTaskGroup { group in
          for _ in 0..<4 {
            group.addTask {
              try await withLoop { loop in
                let host = Host(on: loop, .echoes)
                do throws(SystemError) {
                  try await host.listen(at: .path(path))
                  _ = winners.add(1)
                } catch {
                  others.write(error.code)
                }
                // The winner stays until all have tried.
                try await eventually { winners.add(0) + others.lines.count >= 4 }
                if others.lines.count == 3 {
                  let socket = try RawSocket(path: path)
                  try socket.send("x")
                  #expect(try socket.receive() == Array("x".utf8))
                }
                _ = winners.add(100)
                try await eventually { winners.add(0) >= 400 }
                withExtendedLifetime(host) {}
              }
            }
          }
          try await group.waitForAll()
        }
        #expect(winners.add(0) == 401)
        #expect(others.lines == [EADDRINUSE, EADDRINUSE, EADDRINUSE])
        #expect(try names(beside: path).isEmpty)
      }
    }
  }

  @Test func goesWithTheListenerHoweverItEnds() async throws {
    try await withPath { loop, path in
      let host = Host(on: loop)
      try await host.listen(at: .path(path))
      await host.closeListener()
      #expect(try names(beside: path).isEmpty)
      try await host.listen(at: .path(path))
      await host.letGoOfListener()
      #expect(try names(beside: path).isEmpty)
    }
    try await withScratchDirectory { directory in
      var host: Host?
      try await withLoop { loop in
        host = Host(on: loop)
        try await host?.listen(at: .path(directory + "/socket"))
      }
      // Somebody still holds it.
      #expect(try names(beside: directory + "/socket").isEmpty)
      withExtendedLifetime(host) {}
    }
  }

  @Test func staysWhenItIsSomebodyElsesByThen() async throws {
    try await withPath { loop, path in
      let host = Host(on: loop)
      try await host.listen(at: .path(path))
      unsafe unlink(path)
      let other = try RawSocket(listeningAt: path)
      await host.closeListener()
      _ = try RawSocket(path: path)
      withExtendedLifetime(other) {}
    }
  }

  @Test func isRefusedWhereThereCanBeNone() async throws {
    try await withPath { loop, path in
      let host = Host(on: loop)
      for (wrong, code) in [
        (path + "/x", ENOENT), ("", EINVAL), ("/", EINVAL), (path + "/", EINVAL), (path + "\0x", EINVAL),
        ("/proc/self/fd/..", EINVAL),
        ("/" + String(repeating: "x", count: 107), ENAMETOOLONG), ("/proc/nothing", ENOENT),
      ] {
        await #expect(throws: SystemError("bind", on: wrong, code: code)) { try await host.listen(at: .path(wrong)) }
      }
      RawFiles.write("", to: path)
      await #expect(throws: SystemError("bind", on: path + "/x", code: ENOTDIR)) {
        try await host.listen(at: .path(path + "/x"))
      }
    }
  }

  @Test func mayBeAsLongAsAnAddressMayBe() async throws {
    try await withPath { loop, path in
      let base = String(path.dropLast("socket".count))
      let longest = base + String(repeating: "x", count: 107 - base.utf8.count)
      let host = Host(on: loop)
      try await host.listen(at: .path(longest))
      _ = try RawSocket(path: longest)
      withExtendedLifetime(host) {}
    }
  }
}
