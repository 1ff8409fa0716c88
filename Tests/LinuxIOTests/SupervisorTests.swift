import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct SupervisorTests {
  @Test func isThereOnlyWhereTheEnvironmentNamesASocket() {
    #expect(Supervisor(environment: [:]) == nil)
    for path in ["", "relative/path", "vsock:2:1"] { #expect(Supervisor(environment: ["NOTIFY_SOCKET": path]) == nil) }
    #expect(Supervisor(environment: ["NOTIFY_SOCKET": "/run/notify"]) != nil)
  }

  @Test func isToldEachThingAsOneDatagram() throws {
    try withScratchDirectory { folder in
      let path = folder + "/notify"
      let socket = UnixSocket.receivingDatagrams(at: path)
      let supervisor = try #require(Supervisor(environment: ["NOTIFY_SOCKET": path]))
      try supervisor.ready(status: "serving 3 channels")
      #expect(socket.receive() == "READY=1\nSTATUS=serving 3 channels")
      try supervisor.alive()
      #expect(socket.receive() == "WATCHDOG=1")
      try supervisor.stopping(status: "ending")
      #expect(socket.receive() == "STOPPING=1\nSTATUS=ending")
    }
  }

  @Test func isToldOfAReloadWithItsMoment() throws {
    try withScratchDirectory { folder in
      let path = folder + "/notify"
      let socket = UnixSocket.receivingDatagrams(at: path)
      let supervisor = try #require(Supervisor(environment: ["NOTIFY_SOCKET": path]))
      var times: [UInt64] = []
      for _ in 0..<2 {
        try supervisor.reloading()
        let message = socket.receive()
        let lines = try #require(message).split(separator: "\n")
        #expect(lines.first == "RELOADING=1" && lines.count == 2)
        let moment = lines.last?.split(separator: "=").last.flatMap { UInt64($0) }
        times.append(try #require(moment))
      }
      // The same clock as the supervisor's, in microseconds.
      var now = timespec()
      _ = unsafe clock_gettime(CLOCK_MONOTONIC, &now)
      let end = UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1_000
      #expect(times[0] <= times[1] && times[1] <= end && end - times[0] < 20_000_000, "\(times), now \(end)")
    }
  }

  @Test func isFoundUnderANameOfTheKernelsOwn() throws {
    let name = "@transom-\(getpid())-notify"
    let socket = UnixSocket.receivingDatagrams(at: name)
    let supervisor = try #require(Supervisor(environment: ["NOTIFY_SOCKET": name]))
    try supervisor.alive()
    #expect(socket.receive() == "WATCHDOG=1")
  }

  @Test func whoIsNotThereIsAnErrorAndNobodyWaits() throws {
    try withScratchDirectory { folder in
      let supervisor = try #require(Supervisor(environment: ["NOTIFY_SOCKET": folder + "/notify"]))
      let error = #expect(throws: SystemError.self) { try supervisor.alive() }
      #expect(error?.code == ENOENT)
      // Nobody reads: sooner or later the kernel takes no more, and says so at once.
      let socket = UnixSocket.receivingDatagrams(at: folder + "/notify")
      let refused = #expect(throws: SystemError.self) {
        for _ in 0..<100_000 { try supervisor.alive() }
      }
      #expect(refused?.code == EAGAIN)
      #expect(socket.receive() == "WATCHDOG=1")
    }
  }

  @Test func aStatusNeverBecomesAMessageOfItsOwn() {
    #expect(SupervisorNotice.stopping(status: "a\nREADY=1\r\u{0}b").lines == ["STOPPING=1", "STATUS=a READY=1  b"])
    #expect(SupervisorNotice.ready(status: "grün").lines == ["READY=1", "STATUS=grün"])
  }

  @Test func childrenGetNoneOfItsVariables() {
    let entries = [
      "PATH=/bin", "NOTIFY_SOCKET=/run/notify", "WATCHDOG_USEC=1", "WATCHDOG_PID=2", "LISTEN_FDS=1", "LISTEN_PID=3",
      "LISTEN_FDNAMES=a", "LISTEN_PIDFDID=4", "LISTEN_FDSX=kept", "EMPTY=", "NOTIFY_SOCKET_TOO=kept",
      "A=NOTIFY_SOCKET=",
    ]
    #expect(
      Supervisor.environmentForChildren(entries)
        == ["PATH=/bin", "LISTEN_FDSX=kept", "EMPTY=", "NOTIFY_SOCKET_TOO=kept", "A=NOTIFY_SOCKET="]
    )
  }
}

@Suite struct WatchdogSettingTests {
  @Test(arguments: [
    (["WATCHDOG_USEC": "30000000"], Duration.seconds(30)),
    (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "42"], .seconds(30)),
    (["WATCHDOG_USEC": "1"], .microseconds(1)),
    (["WATCHDOG_USEC": "18446744073709551614"], .microseconds(18_446_744_073_709_551_614 as UInt64)),
    // Those that say nothing, or nothing to us.
    ([:], nil),
    (["WATCHDOG_PID": "42"], nil),
    (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "43"], nil),
    (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": ""], nil),
    (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "nobody"], nil),
    (["WATCHDOG_USEC": "0"], nil),
    (["WATCHDOG_USEC": "-1"], nil),
    (["WATCHDOG_USEC": "30s"], nil),
    (["WATCHDOG_USEC": "18446744073709551615"], nil),
    (["WATCHDOG_USEC": "18446744073709551616"], nil),
  ])
  func isReadAsTheSupervisorMeansIt(_ environment: [String: String], _ interval: Duration?) {
    #expect(WatchdogSetting.interval(environment: environment, process: 42) == interval)
  }

  @Test func itIsToldTwiceAnInterval() {
    let supervisor = Supervisor("/run/notify", watchdogInterval: .seconds(30))
    #expect(supervisor?.watchdogInterval == .seconds(30) && supervisor?.alivePause == .seconds(15))
    #expect(Supervisor("/run/notify")?.alivePause == nil)
    let own = Supervisor(environment: [
      "NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "10", "WATCHDOG_PID": "\(getpid())",
    ])
    #expect(own?.watchdogInterval == .microseconds(10))
  }
}
