import ChannelModel
import Glibc
import LinuxIO
import Synchronization
import TestSupport
import Testing

@testable import Transom

/// What is noticed of channels that nobody has open; each test in a process of its own, since a process has one watcher.
@Suite(.timeLimit(.minutes(2))) struct ChannelAttentionTests {
  private final class Told: Sendable {
    private let sights = Mutex<[ChannelAttention.Sight]>([])
    private let gate = Gate()

    func tell(_ sight: ChannelAttention.Sight) {
      sights.withLock { $0.append(sight) }
      gate.open(forAll: true)
    }

    func isTold(_ sight: ChannelAttention.Sight) -> Bool {
      let deadline = Moment.now.advanced(by: .seconds(20))
      while true {
        let value = gate.value
        if sights.withLock({ $0.contains(sight) }) { return true }
        if Moment.now >= deadline { return false }
        gate.wait(while: value, until: deadline.nanoseconds)
      }
    }

    func forget() { sights.withLock { $0 = [] } }
  }

  @Test func whatIsSentAndWhatA1Point0ProgramWritesIsNoticed() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let folder = try ChannelFolder.open("\(path)/channel", options: ChannelFolder.Options())
        for direction in Direction.allCases { _ = try folder.direction(direction).log.tailNumber() }
        let told = Told()
        let attention = try ChannelAttention(to: "\(path)/channel", by: try Watcher.shared(), told: told.tell)
        let draft = try Outgoing.event("e").draft(at: ChannelFolder.wallClock(), path: path)
        _ = try folder.direction(.backendToFrontend).log.append([draft], until: .now.advanced(by: .seconds(10)))
        #expect(told.isTold(.activity(.backendToFrontend)))
        RawFiles.replace("\(path)/channel/frontend_to_backend.json", with: "[]")
        #expect(told.isTold(.activity(.frontendToBackend)))
        withExtendedLifetime(attention) {}
      }
    }
  }

  @Test func aChannelOf1Point0IsAttendedToAlsoOnceOursHaveComeToIt() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let channel = "\(path)/channel"
        RawFiles.makeDirectory(channel)
        RawFiles.write("{}", to: channel + "/.channel_info")
        let told = Told()
        let attention = try ChannelAttention(to: channel, by: try Watcher.shared(), told: told.tell)
        RawFiles.replace(channel + "/backend_to_frontend.json", with: "[]")
        #expect(told.isTold(.activity(.backendToFrontend)))
        let folder = try ChannelFolder.open(channel, options: ChannelFolder.Options())
        #expect(told.isTold(.whole))
        told.forget()
        let draft = try Outgoing.event("e").draft(at: ChannelFolder.wallClock(), path: path)
        _ = try folder.direction(.frontendToBackend).log.append([draft], until: .now.advanced(by: .seconds(10)))
        #expect(told.isTold(.activity(.frontendToBackend)) || told.isTold(.whole))
        withExtendedLifetime(attention) {}
      }
    }
  }

  @Test(arguments: ["removed", "replaced"]) func aChannelThatIsGoneIsToldSo(_ way: String) async {
    await #expect(processExitsWith: .success) { [way] in
      try withScratchDirectory { path in
        let channel = "\(path)/channel"
        RawFiles.makeDirectory(channel)
        RawFiles.write("{}", to: channel + "/.channel_info")
        let told = Told()
        let attention = try ChannelAttention(to: channel, by: try Watcher.shared(), told: told.tell)
        if way == "replaced" {
          #expect(RawFiles.rename(channel, to: path + "/away"))
          RawFiles.makeDirectory(channel)
          RawFiles.write("{}", to: channel + "/.channel_info")
        } else {
          RawFiles.remove(channel + "/.channel_info")
          #expect(unsafe rmdir(channel) == 0)
        }
        #expect(told.isTold(.gone))
        withExtendedLifetime(attention) {}
      }
    }
  }

  @Test func whatIsNoChannelIsRefused() throws {
    try withScratchDirectory { path in
      RawFiles.makeDirectory("\(path)/plain")
      for name in ["plain", "missing"] {
        let error = #expect(throws: ChannelError.self) {
          _ = try ChannelAttention(to: "\(path)/\(name)", by: try Watcher.shared()) { _ in }
        }
        #expect(error?.code == .noChannel)
      }
    }
  }
}
