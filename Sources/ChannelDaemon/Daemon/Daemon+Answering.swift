// What the daemon tells of itself.

package import ChannelAdmin
internal import ChannelLedger
internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO
package import Transom

extension Daemon: DaemonAnswering {
  package func answer(_ request: AdminRequest) async throws(ChannelError) -> AdminAnswer {
    switch request {
    case .status: return .status(status)
    case .channels(let limit): return .channels(busiest(limit))
    case .trace(let id): return .steps(try await ledger.steps(of: id))
    case .reload: return .reloaded(try await reload())
    case .configuration(.toml): return .configuration(effective.toml)
    case .configuration(.json): return .configuration(effective.json)
    case .letters(let selection, let after, let limit):
      return .letters(
        try await ledger.letters { (letters) throws(ChannelError) in
          try letters.list(selection, after: after, limit: min(limit, Self.mostLetters))
        }
      )
    case .letter(let word):
      let letter = try await letter(word)
      let bytes = try await ledger.letters { (letters) throws(ChannelError) in try letters.bytes(of: letter.number) }
      guard let bytes else { throw Self.noLetter(word) }
      return .letter(letter, message: bytes)
    case .retry(let choice): return .letterCount(try await retry(choice))
    case .drop(let choice): return .letterCount(try await drop(choice))
    }
  }

  private static let mostLetters = 1_000

  private var status: DaemonStatus {
    var status = DaemonStatus(
      version: ProgramVersion.text,
      process: ProcessUsage.number,
      began: began,
      asked: surroundings.clock(),
      phase: phase,
      configuration: origin
    )
    status.roots = configuration.roots.map { DaemonStatus.Root($0, trouble: rootTroubles[$0]) }
    let rootPaths = Set(configuration.roots)
    for (path, trouble) in rootTroubles.sorted(by: { $0.key < $1.key }) where !rootPaths.contains(path) {
      status.roots.append(DaemonStatus.Root(path, trouble: trouble))
    }
    status.channels.known = channels.count
    for channel in tended.values {
      if case .open = channel.phase { status.channels.open += 1 }
      if channel.retry != nil { status.channels.troubled += 1 }
    }
    status.handlers = configuration.handlers.compactMap { handlers[$0.name]?.status }
    status.bridges = bridgeStatuses + doorStatuses
    status.letterCount = letterCount
    status.lostLogLineCount = log.lostLineCount
    let usage = ProcessUsage.now
    status.residentBytes = usage.residentBytes
    status.processorTime = usage.processorTime
    status.descriptorCount = usage.descriptorCount
    return status
  }

  /// Those with trouble, then those in which something happened last.
  private func busiest(_ limit: Int) -> [ChannelStatus] {
    let all = channels.values.map(\.told).sorted { left, right in
      let (leftTroubled, rightTroubled) = (left.phase == .troubled, right.phase == .troubled)
      if leftTroubled != rightTroubled { return leftTroubled }
      if left.inFlight != right.inFlight { return left.inFlight > right.inFlight }
      if left.active != right.active { return (left.active?.nanoseconds ?? 0) > (right.active?.nanoseconds ?? 0) }
      return left.path < right.path
    }
    return Array(all.prefix(max(0, limit)))
  }
}
