internal import ChannelBridge
internal import ChannelMessages
internal import ChannelWires

extension FuzzTarget {
  /// What a peer writes that speaks lines: the first byte says where the rest is cut in two.
  ///
  /// Memory: a line as it came and the messages read of it, once more for one that leaves something out; a short one has
  /// an entry of some hundred bytes in an array that doubles.
  static let lines = FuzzTarget(
    name: "lines",
    maximumLength: 2_048,
    allocationBase: 128 << 10,
    allocationPerByte: 1_024,
    seeds: ["bridge/lines", "json"]
  ) { bytes in
    guard let first = bytes.first else { return }
    let text = uncounted { Array(bytes.dropFirst()) }
    var whole = LinesWire(lineLimit: 512)
    let items = whole.take(text)
    uncounted {
      let cut = min(Int(first) * 8, text.count)
      var parts = LinesWire(lineLimit: 512)
      check(parts.take(Array(text[..<cut])) + parts.take(Array(text[cut...])) == items, "a cut changes nothing")
      for item in items.dropLast() {
        if case .refused = item { check(false, "a refusal is the last") }
      }
      for case .message(let message) in items {
        var again = LinesWire()
        check(again.take(LinesWire().encode(message)) == [.message(message)], "what was read can be written")
      }
    }
  }

  /// Names of a route: a pattern and a name, parted by a line feed.
  static let names = FuzzTarget(
    name: "names",
    maximumLength: 96,
    allocationBase: 64 << 10,
    allocationPerByte: 8_192,
    seeds: ["bridge/names"]
  ) { bytes in
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: "\n", maxSplits: 1)
    guard let text = parts.first, let mapping = try? NameMapping(String(text)) else { return }
    let mapped = mapping.map(parts.count > 1 ? String(parts[1]) : "a.b")
    uncounted {
      check((try? NameMapping(mapping.description)) == mapping, "what it says of itself is what it is")
      if let mapped { check(mapped.utf8.count <= 96 * 96, "a name does not explode") }
    }
  }

  /// What is asked for at a door.
  static let targets = FuzzTarget(
    name: "targets",
    maximumLength: 160,
    allocationBase: 16 << 10,
    allocationPerByte: 512,
    seeds: ["bridge/targets"]
  ) { bytes in
    guard let target = try? DoorTarget(String(decoding: bytes, as: UTF8.self)) else { return }
    uncounted {
      switch target.thing {
      case .request(let channel, let name), .event(let channel, let name):
        check(!channel.isEmpty && !name.isEmpty, "each part of it has a name")
      case .messages(let channel), .socket(let channel): check(!channel.isEmpty, "a channel has a name")
      case .gateway(let channel, let path):
        check(!channel.isEmpty && (path.isEmpty || path.hasPrefix("/")), "what is passed on is a path")
      case .index, .description, .script, .types: break
      }
      if let reader = target.reader { check(!reader.contains("/"), "a reader is no path") }
    }
  }

  /// What a program answers by HTTP that has only files.
  static let gateway = FuzzTarget(
    name: "gateway",
    maximumLength: 512,
    allocationBase: 64 << 10,
    allocationPerByte: 1_024,
    seeds: ["bridge/gateway"]
  ) { bytes in
    guard let payload = try? JSONText(validating: bytes), let answer = try? GatewayAnswer(payload) else { return }
    uncounted {
      check((200...599).contains(answer.status), "a status is that of an answer")
      check(answer.headers.allSatisfy { !$0.isForOneHop }, "headers of a connection are none of its own")
      // What goes out is read as the same answer, and as nothing more.
      let response = HTTPResponse(code: answer.status, headers: answer.headers, body: answer.body)
      var reader = HTTPResponseReader(bodyLimit: 512)
      reader.expect(.get)
      let events = reader.take(response.encoded(answering: nil, keepsAlive: true))
      guard events.count == 1, case .answer(let read) = events[0] else { return check(false, "it is read as one") }
      check(read.status == answer.status && read.body == answer.body, "it is read as it was meant")
    }
  }

  /// Addresses, as people write them.
  static let addresses = FuzzTarget(
    name: "addresses",
    maximumLength: 128,
    allocationBase: 16 << 10,
    allocationPerByte: 256,
    seeds: ["bridge/addresses"]
  ) { bytes in
    guard let address = try? PeerAddress(String(decoding: bytes, as: UTF8.self)) else { return }
    uncounted { check((try? PeerAddress("\(address)")) == address, "what it says of itself is what it is") }
  }
}
