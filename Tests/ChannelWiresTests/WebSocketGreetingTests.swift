import ChannelWires
import Testing

@Suite("How a client comes into a WebSocket") struct WebSocketGreetingTests {
  private func greeting() throws -> WebSocketGreeting {
    let key = try #require(WebSocketKey(Array("the sample nonce".utf8)))
    return WebSocketGreeting(
      try #require(WebSocketOpening(host: "a", target: "/chat", key: key, subprotocols: ["chat", "superchat"]))
    )
  }

  private func answer(_ lines: [String], _ body: String = "") -> [UInt8] {
    Array((lines.map { $0 + "\r\n" }.joined() + "\r\n" + body).utf8)
  }

  @Test func endsWhereFramesBegin() throws {
    let bytes = answer(["HTTP/1.1 101 Switching Protocols"] + WebSocketOpeningTests.example, "frames")
    var whole = try greeting()
    #expect(whole.take(bytes) == .opened(rest: Array("frames".utf8)))
    for cut in 1..<bytes.count - 6 {
      var greeting = try greeting()
      #expect(greeting.take(Array(bytes[..<cut])) == .pending)
      #expect(greeting.take(Array(bytes[cut...])) == .opened(rest: Array("frames".utf8)))
    }
  }

  @Test(arguments: [
    (401, "Unauthorized", "see --token"), (403, "Forbidden", "must not"), (404, "Not Found", "look at the path"),
    (503, "Busy", "try again later"), (200, "OK", "is a WebSocket spoken there?"),
  ])
  func tellsWhatToDoAboutARefusal(status: Int, phrase: String, remedy: String) throws {
    var greeting = try greeting()
    let head = ["HTTP/1.1 \(status) \(phrase)", "Content-Type: text/plain", "Content-Length: 9"]
    guard case .refused(let fault) = greeting.take(answer(head, "why\r\nelse")) else {
      Issue.record("it was not refused")
      return
    }
    #expect(fault.text == "the server opens no WebSocket, it answers \(status): why")
    #expect(fault.remedy.contains(remedy))
  }

  @Test func tellsWhereItIsSentTo() throws {
    var greeting = try greeting()
    let head = ["HTTP/1.1 301 Moved", "Location: https://b/chat", "Content-Length: 0"]
    guard case .refused(let fault) = greeting.take(answer(head)) else {
      Issue.record("it was not refused")
      return
    }
    #expect(fault.text.hasSuffix("301: it sends to https://b/chat") && fault.remedy.contains("path"))
  }

  @Test func isRefusedByWhatIsNoAnswerAndByAnEarlyEnd() throws {
    var other = try greeting()
    guard case .refused(.answer(.misshapen)) = other.take(Array("SSH-2.0-OpenSSH\r\n\r\n".utf8)) else {
      Issue.record("it was taken for an answer")
      return
    }
    var early = try greeting()
    #expect(early.take(Array("HTTP/1.1 101".utf8)) == .pending)
    #expect(early.end() == .refused(.answer(.cutShort)))
    // What ends with the stream is whole with it.
    var late = try greeting()
    #expect(late.take(answer(["HTTP/1.0 404 Not Found"], "no")) == .pending)
    #expect(late.end() == .refused(.opening(.status(404), words: "")))
  }
}
