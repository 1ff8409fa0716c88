import ChannelMessages
import ChannelModel
import LinuxIO
import Synchronization
import TestSupport
import Testing

@testable import Transom

@Suite(.timeLimit(.minutes(2))) struct GroupMemberTests {
  private func options(_ saving: ReaderProgress.Saving = .each, lease: Duration? = nil) -> GroupMember.Options {
    var options = GroupMember.Options()
    options.saving = saving
    options.lease = lease
    return options
  }

  /// Waits until a member is given something that comes back to it by itself.
  private func waitForNext(_ member: GroupMember) throws -> Delivered {
    while true {
      if let next = try member.tryNext() { return next }
      let again = try #require(member.looksAgainAt, "nothing will ever come")
      let now = Moment(nanoseconds: KernelClock.sinceBoot())
      KernelClock.pause(again.duration(since: now))
    }
  }

  @Test func membersShareWhatIsThere() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let (first, second) = (try scene.member("group", options()), try scene.member("group", options()))
      try scene.send(1...100)
      let one = try #require(try first.tryNext())
      let two = try #require(try second.tryNext())
      #expect(one.value == 1 && two.value == 51, "each takes about its share")
      var all = [one, two]
      all += try first.all() + second.all()
      #expect(all.map(\.value).sorted() == Array(1...100))
      #expect(all.allSatisfy { !$0.isRedelivered })
      for (place, delivered) in all.enumerated() {
        // Whoever acknowledges it: the work is done.
        try (place.isMultiple(of: 2) ? first : second).acknowledge(delivered.ticket)
      }
      #expect(try scene.registry.list().map(\.lag) == [0])
      #expect(try scene.registry.list().map(\.kind) == [.group])
      try first.close()
      try second.close()
      #expect(try scene.registry.list().map(\.holders) == [[]])
      #expect(try scene.folder.readers.names().sorted() == ["group", "group~claims"])
    }
  }

  @Test func whatAMemberLeavesBehindGoesToTheOthersMarked() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let (first, second) = (try scene.member("group", options()), try scene.member("group", options()))
      try scene.send(1...4)
      let early = [try #require(try first.tryNext()), try #require(try first.tryNext())]
      #expect(early.map(\.value) == [1, 2])
      let late = try second.all()
      #expect(late.map(\.value) == [3, 4])
      try first.acknowledge(early[0].ticket)
      #expect(try second.tryNext() == nil)
      #expect(second.looksAgainAt != nil, "the other has one that may come back")
      try first.close()
      let back = try waitForNext(second)
      #expect(back.value == 2 && back.isRedelivered)
      for delivered in late + [back] { try second.acknowledge(delivered.ticket) }
      #expect(try second.tryNext() == nil)
      #expect(try scene.registry.list().map(\.lag) == [0])
    }
  }

  /// However many it had: it is not waited between one share of them and the next.
  @Test func allThatAMemberLeavesBehindIsThereAtOnce() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let first = try scene.member("group", options())
      try scene.send(1...60)
      let taken = try first.all().map(\.value)
      #expect(taken == Array(1...60))
      try first.close()
      let second = try scene.member("group", options())
      let back = try second.all()
      #expect(back.map(\.value) == taken && back.allSatisfy(\.isRedelivered))
      try second.close()
    }
  }

  /// What it took would be over before it was delivered, for ever.
  @Test func aLeaseOfNothingLetsAMemberGoOn() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let first = try scene.member("group", options())
      try scene.send(1...60)
      _ = try first.tryNext()
      try first.close()
      let second = try scene.member("group", options(lease: .nanoseconds(1)))
      var seen: Set<Int> = []
      while seen.count < 60, let next = try second.tryNext() { seen.insert(next.value) }
      #expect(seen == Set(1...60))
    }
  }

  @Test func aLeaseThatEndsOffersAMessageAgain() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let slow = try scene.member("group", options(lease: .milliseconds(20)))
      try scene.send(1...1)
      let first = try #require(try slow.tryNext())
      let other = try scene.member("group", options(lease: .milliseconds(20)))
      var again: Delivered?
      while again == nil {
        again = try other.tryNext()
        if again == nil { KernelClock.pause(.milliseconds(1)) }
      }
      #expect(again?.value == 1 && again?.isRedelivered == true && !first.isRedelivered)
      try slow.acknowledge(first.ticket)
      try other.acknowledge(try #require(again).ticket)
      #expect(try scene.registry.list().map(\.lag) == [0])
    }
  }

  @Test func aMemberThatIsOnlySlowKeepsWhatItHas() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let (slow, other) = (try scene.member("group", options()), try scene.member("group", options()))
      try scene.send(1...1)
      let first = try #require(try slow.tryNext())
      for _ in 0..<5 {
        #expect(try other.tryNext() == nil)
        KernelClock.pause(.milliseconds(30))
      }
      try slow.acknowledge(first.ticket)
      // Once more it looks, and then nobody has anything any more.
      while let again = other.looksAgainAt {
        KernelClock.pause(again.duration(since: Moment(nanoseconds: KernelClock.sinceBoot())))
        #expect(try other.tryNext() == nil)
      }
    }
  }

  @Test func acknowledgementsAreWrittenTogether() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let member = try scene.member("group", options(.together(count: 3, time: .seconds(100))))
      try scene.send(1...5)
      let all = try member.all()
      for delivered in all.prefix(2) { try member.acknowledge(delivered.ticket) }
      #expect(try scene.registry.list().map(\.lag) == [5])
      try member.acknowledge(all[2].ticket)
      #expect(try scene.registry.list().map(\.lag) == [2])
      #expect(member.savesAt == nil)
      try member.acknowledge(all[3].ticket)
      #expect(member.savesAt != nil)
      try member.close()
      let next = try scene.member("group", options())
      let rest = try next.all()
      #expect(rest.map(\.value) == [5] && rest.allSatisfy { $0.isRedelivered })
    }
  }

  @Test func whoGetsTheNumberOfADeadMemberDoesNotInheritItsClaims() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let first = try scene.member("group", options())
      try scene.send(1...3)
      #expect(try first.all().count == 3)
      // As after somebody who found it dead, took its file away and was killed before he released its claims.
      RawFiles.remove(scene.readerPath("group~1"))
      let second = try scene.member("group", options())
      #expect(try scene.folder.readers.names().contains("group~1"))
      let again = try second.all()
      #expect(again.map(\.value) == [1, 2, 3] && again.allSatisfy { $0.isRedelivered })
    }
  }

  @Test func aGroupIsNoReaderAndAReaderNoGroup() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      try scene.reader("one").close()
      let member = try scene.member("all", options())
      let asGroup = #expect(throws: ChannelError.self) { try scene.member("one", options()) }
      let asReader = #expect(throws: ChannelError.self) { try scene.reader("all") }
      #expect(asGroup?.code == .misuse && asReader?.code == .misuse)
      try member.close()
    }
  }

  @Test func aDamagedTableOfClaimsOffersItsMessagesAgain() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let first = try scene.member("group", options())
      try scene.send(1...3)
      let all = try first.all()
      try first.acknowledge(all[1].ticket)
      RawFiles.write("TSMCLM\u{1}\u{0}", to: scene.readerPath("group~claims"))
      let second = try scene.member("group", options())
      // Nothing says that they were offered: they come, and nothing is lost.
      #expect(try second.all().map(\.value) == [1, 3])
      RawFiles.write("something else", to: scene.readerPath("group~claims"))
      let error = #expect(throws: ChannelError.self) { try scene.member("group", options()) }
      #expect(error?.code == .damaged && error?.path == scene.readerPath("group~claims"))
    }
  }

  @Test func whoLeavesAGroupThatIsLockedHoldsNobodyUp() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let member = try scene.member()
      let file = try #require(try ReaderSeat.open("group", in: scene.folder.readers))
      try file.lock(until: ReadersScene.soon)
      let isBack = Atomic(false)
      let leaving = NativeThread {
        try? member.close()
        isBack.store(true, ordering: .releasing)
      }
      var longest = Duration.zero
      while true {
        let began = Moment.now
        _ = member.savesAt
        longest = max(longest, Moment.now.duration(since: began))
        if isBack.load(ordering: .acquiring) { break }
        KernelClock.pause(.milliseconds(5))
      }
      leaving.join()
      #expect(longest < .milliseconds(500))
      // Nor does who only lets go of it.
      let began = Moment.now
      file.unlock()
      var second: GroupMember? = try scene.member()
      try file.lock(until: ReadersScene.soon)
      #expect(second?.name == "group")
      second = nil
      #expect(Moment.now.duration(since: began) < .milliseconds(700))
      file.unlock()
    }
  }
}
