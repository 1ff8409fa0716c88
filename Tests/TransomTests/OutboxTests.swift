// Sending, where the disk does not go along.

internal import ChannelModel
internal import Glibc
internal import LinuxIO
internal import TestSupport
internal import Testing
@testable internal import Transom

@Suite("The way out", .timeLimit(.minutes(1))) struct OutboxTests {
  private func open(_ path: String, _ calls: FaultyCalls, _ durability: ChannelOptions.Durability) throws -> Outbox {
    var options = ChannelFolder.Options()
    options.calls = calls
    let core = ChannelCore(path: path, options: options, manner: .automatic, watcher: try Watcher.shared())
    _ = try core.direction(.backendToFrontend)
    return Outbox(
      core: core,
      direction: .backendToFrontend,
      durability: durability,
      visibility: .within(.seconds(600)),
      timeout: .seconds(5)
    )
  }

  @Test(arguments: [FileCall.syncData, .sync])
  func whatIsInTheJournalAndCannotBeFlushedIsNotCalledUnsent(_ call: FileCall) async throws {
    try await withScratchDirectory { path in
      let calls = FaultyCalls()
      let outbox = try open("\(path)/channel", calls, .power)
      calls.plan(.every(call), .fail(EIO))
      let blocking = await #expect(throws: ChannelError.self) {
        _ = try await onThread { try outbox.send(.event("blocking", .null)) }
      }
      let suspending = await #expect(throws: ChannelError.self) {
        _ = try await outbox.send(.event("suspending", .null))
      }
      let batch = await #expect(throws: ChannelError.self) {
        _ = try await outbox.append([.event("one", .null), .event("two", .null)])
      }
      for (error, name) in [(blocking, "message "), (suspending, "message "), (batch, "messages ")] {
        #expect(error?.code.description == "not-flushed" && error?.code.exitStatus == 9, "\(error as Any)")
        #expect(error?.what.hasPrefix("accepted as \(name)") == true, "\(error as Any)")
        #expect(error?.hint.contains("do not send it again") == true, "\(error as Any)")
      }
      calls.reset()
      let reader = JournalReader(try outbox.core.direction(.backendToFrontend), after: .none)
      var numbers: Set<SequenceNumber> = []
      while let stretch = try reader.next() {
        numbers.formUnion(stretch.records.filter(\.kind.carriesMessage).map(\.sequenceNumber))
      }
      #expect(numbers.count == 4)
      let accepted = [blocking, suspending, batch].compactMap { $0?.accepted.map(\.number) }
      #expect(accepted.map(\.count) == [1, 1, 2] && Set(accepted.joined()) == Set(numbers.map(\.rawValue)))
    }
  }

  @Test func anErrorSaysThatNothingWasSentWhereThatIsKnown() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let outbox = try open("\(path)/channel", calls, .process)
      calls.plan(.every(.write), .fail(EIO))
      let error = #expect(throws: ChannelError.self) { try outbox.send(.event("unsent", .null)) }
      #expect(error?.code == .system)
      #expect(error?.hint == "nothing was sent; the device failed: see the kernel's log")
      calls.reset()
      #expect(try outbox.send(.event("sent", .null)).number == 1)
      // Whoever only reads has nothing that could have been sent.
      #expect(!ChannelError.Code.system.hint.contains("kept") && !ChannelError.Code.lockTimeout.hint.contains("sent"))
    }
  }
}
