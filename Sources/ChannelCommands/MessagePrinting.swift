// Messages on the standard output.

internal import ChannelMessages
internal import Transom

/// Prints what a supply gives, until there was enough of it.
package struct MessagePrinting<Supply: MessageSupply> {
  /// So many messages are printed, and acknowledged, at once when they come fast.
  private static var highestBatchCount: Int { 256 }
  /// No more than one that is longer than this: they are kept until they are acknowledged.
  private static var highestBatchByteCount: Int { 1 << 20 }

  private let supply: Supply
  private let filter: MessageFilter
  private let count: Int?
  private let patience: Duration?
  private let around: Surroundings

  package init(_ invocation: Invocation, _ around: Surroundings, from supply: Supply) {
    self.supply = supply
    self.around = around
    filter = MessageFilter(invocation)
    count = invocation.count(.count)
    patience = invocation.duration(.wait)
  }

  /// Prints messages until there were so many, or none came for so long, and answers the status to end with.
  package func run() throws -> Int32 {
    var left = count ?? .max
    var deadline = patience.map { ContinuousClock.now.advanced(by: $0) }
    var printed: [Supply.Item] = []
    var byteCount = 0
    while left > 0 {
      // What is there already is taken without waiting, and printed with one call.
      let hasRoom = printed.count < Self.highestBatchCount && byteCount < Self.highestBatchByteCount
      var next = hasRoom ? try supply.next(within: .zero) : nil
      if next == nil {
        try finish(&printed)
        byteCount = 0
        let limit = deadline.map { max(.zero, ContinuousClock.now.duration(to: $0)) }
        next = try supply.next(within: limit)
      }
      around.interruption.parkIfEnding()
      guard let item = next else {
        try finish(&printed)
        guard let deadline, ContinuousClock.now >= deadline else { throw supply.closed }
        guard let count, let patience else { return 0 }
        let messages = count == 1 ? "1 message" : "\(count) messages"
        around.say("timed out: nothing came for \(DurationText.text(patience)), after \(count - left) of \(messages)")
        return ChannelError.Code.timedOut.exitStatus
      }
      byteCount += item.message.heldByteCount
      guard filter.takes(item.message) else {
        // Passed over, and so done with: a filter does not keep a journal from being emptied.
        printed.append(item)
        continue
      }
      try around.output.addLine(line(item.message))
      printed.append(item)
      left -= 1
      deadline = patience.map { ContinuousClock.now.advanced(by: $0) }
    }
    try finish(&printed, isLast: true)
    return 0
  }

  /// Hands the lines to the kernel, and only then says that their messages were dealt with.
  private func finish(_ printed: inout [Supply.Item], isLast: Bool = false) throws {
    try around.interruption.whole(isLast: isLast) {
      try around.output.flush()
      try supply.acknowledge(printed)
    }
    printed.removeAll(keepingCapacity: true)
  }

  private func line(_ message: Message) -> [UInt8] {
    let bytes = message.encode()
    guard around.style.isColoured else { return bytes }
    return JSONLayout.text(of: bytes, style: around.style, isIndented: false)
  }
}
