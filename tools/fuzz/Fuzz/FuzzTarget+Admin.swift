internal import ChannelAdmin
internal import ChannelMessages

extension FuzzTarget {
  /// Lines of the daemon's socket, each read as a request and as part of an answer.
  ///
  /// Memory: the lines once, a line's members by their names, and what they say. A byte of an answer can be a text of its
  /// own in a list, which costs 16 bytes in each of two arrays that double. Beside that each line costs what reading an
  /// object costs, so only some are read.
  static let admin = FuzzTarget(
    name: "admin",
    maximumLength: 4_096,
    allocationBase: 128 << 10,
    allocationPerByte: 192,
    seeds: ["admin"]
  ) { bytes in
    var cutter = LineCutter(limit: 2_048)
    cutter.take(bytes)
    var reader = AdminAnswerReader()
    for _ in 0..<16 {
      guard let line = try? cutter.nextAdminLine() else { break }
      if let request = try? AdminRequest(decoding: line) { checkRequest(request) }
      guard let answer = try? reader.take(line) else { continue }
      if case .success(let answer) = answer { checkAnswer(answer) }
      reader = AdminAnswerReader()
    }
  }

  private static func checkRequest(_ request: AdminRequest) {
    uncounted {
      let line = request.encode()
      check((try? JSONText(validating: line)) != nil, "a request is JSON")
      check((try? AdminRequest(decoding: line)) == request, "a request is the same once it is read")
    }
  }

  private static func checkAnswer(_ answer: AdminAnswer) {
    uncounted {
      var reader = AdminAnswerReader()
      for line in AdminAnswerLines(answer) {
        check(!line.contains(UInt8(ascii: "\n")), "a line is a line")
        guard let last = try? reader.take(line) else { continue }
        check(last == .success(answer), "an answer is the same once it is read")
        return
      }
      check(false, "an answer has a last line")
    }
  }
}
