// Programs of ours that send.

internal import ChannelMessages
internal import LinuxIO
internal import Transom

extension Part {
  /// Sends numbered events until it is told to stop.
  func write() throws {
    let channel = try open()
    var next = 1
    while !isToStop {
      let clears = number("clear")
      if clears > 0, next.isMultiple(of: clears) { try? clear(channel) }
      let count = option("batch") == nil || !next.isMultiple(of: 7) ? 1 : number("batch")
      send((next..<next + count).map { Letter(sender: name, number: $0) }, through: channel)
      next += count
      pause()
    }
    channel.close()
    log.write("closed")
  }

  /// Sends the one message that ends a round.
  func writeLast() throws {
    let channel = try open()
    send([Letter(sender: name, number: 1)], through: channel)
    channel.close()
    log.write("closed")
  }

  private func clear(_ channel: Channel) throws {
    do {
      try channel.clear()
      log.write("cleared")
    } catch {
      log.write("unclear \(error)")
    }
  }

  private func send(_ letters: [Letter], through channel: Channel) {
    for letter in letters { log.write("try \(letter.sender) \(letter.number)") }
    do {
      let batch = letters.map { Outgoing.event($0.sender, JSONText(trusted: Array("\"\($0.payload)\"".utf8))) }
      let receipts = try channel.send(contentsOf: batch)
      for (letter, receipt) in zip(letters, receipts) {
        log.write("ack \(letter.sender) \(letter.number) \(receipt.id)")
      }
    } catch {
      let isAccepted = (error as? ChannelError)?.code == .notProjected
      for letter in letters {
        log.write("\(isAccepted ? "unseen" : "unsent") \(letter.sender) \(letter.number) \(error)")
      }
    }
  }
}
