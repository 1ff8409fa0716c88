// What the ledger remembers for bridges.

internal import ChannelBridge
internal import ChannelLedger
internal import ChannelMessages
internal import ChannelModel
internal import ChannelSockets
internal import Transom

/// Has the daemon's ledger remember which requests of a channel a bridge has given to peers.
struct LedgerMemory: BridgeMemory {
  private let ledger: LedgerKeeper
  private let loop: Loop
  /// What the requests are known by, but for their ids.
  private let channel: String
  private let direction: Direction
  private let path: String
  private let name: String
  private let isRepeatable: Bool
  private let setAside: SettingAside

  /// Puts an event to the dead letters; false when that cannot be.
  typealias SettingAside = @Sendable (_ event: Message, UInt64, _ attempts: Int, _ why: String) async -> Bool

  init(
    _ ledger: LedgerKeeper,
    on loop: Loop,
    channel: String,
    at path: String,
    _ direction: Direction,
    as name: String,
    isRepeatable: Bool,
    settingAside: @escaping SettingAside
  ) {
    setAside = settingAside
    self.loop = loop
    self.ledger = ledger
    self.channel = channel
    self.path = path
    self.direction = direction
    self.name = name
    self.isRepeatable = isRepeatable
  }

  func begin(_ request: Message, _ then: @escaping @Sendable (RecalledRequest) -> Void) {
    let request = LedgerRequest(request.id, of: channel, direction, handler: name, isRepeatable: isRepeatable)
    do throws(ChannelError) {
      if let beginning = try ledger.tryBegin(request) { return then(recalled(beginning)) }
    } catch {
      return then(Self.refused(error))
    }
    // The ledger's thread is at it.
    Task { [loop] in
      let recalled: RecalledRequest
      do throws(ChannelError) {
        recalled = self.recalled(try await ledger.begin(request))
      } catch {
        recalled = Self.refused(error)
      }
      loop.perform { then(recalled) }
    }
  }

  func note(_ step: TraceStep.Kind, of id: String, _ detail: String) {
    ledger.note(step, of: id, in: path, detail.isEmpty ? name : "\(name): \(detail)")
  }

  func setAside(_ event: Message, number: UInt64, attempts: Int, because words: String) async -> Bool {
    await setAside(event, number, attempts, words)
  }

  private func recalled(_ beginning: RequestBeginning) -> RecalledRequest {
    switch beginning {
    case .fresh(let run): .fresh(Record(ledger: ledger, run: run))
    case .running: .running
    case .settled(let outcome): .answered(outcome.reply)
    case .interrupted: .interrupted
    }
  }

  private static func refused(_ error: ChannelError) -> RecalledRequest {
    .answered(.failure(RequestReply.Failure("\(RequestRefusal.ledger(error))")))
  }

  private struct Record: RequestRecord {
    let ledger: LedgerKeeper
    let run: RequestRun

    func settle(_ outcome: Result<JSONText, RequestReply.Failure>) {
      switch outcome {
      case .success(let result): ledger.settle(run, .result(result))
      case .failure(let failure): ledger.settle(run, .error(failure.description))
      }
    }

    func withdraw() { ledger.withdraw(run) }
  }
}
