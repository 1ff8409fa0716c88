import ChannelBridge
import ChannelMessages
import ChannelWires
import Testing

@Suite("An answer of a program that has only files") struct GatewayAnswerTests {
  private func answer(_ text: String) throws -> GatewayAnswer {
    try GatewayAnswer(try JSONText(validating: Array(text.utf8)))
  }

  private func lines(_ answer: GatewayAnswer) -> [String] { answer.headers.map { "\($0.name): \($0.value)" } }

  @Test(arguments: [
    (#""hello\n""#, 200, "text/plain; charset=utf-8", "hello\n"), ("[1, 2]", 200, "application/json", "[1, 2]"),
    (#"{"state":1}"#, 200, "application/json", #"{"state":1}"#), ("null", 200, "application/json", "null"),
    (#"{"status":404,"body":"none"}"#, 404, "text/plain; charset=utf-8", "none"),
    (#"{"body_base64":"AAEC","status":200}"#, 200, "application/octet-stream", "\u{0}\u{1}\u{2}"),
    (#"{"status":200,"headers":[["content-type","text/html"]],"body":"<p>"}"#, 200, "text/html", "<p>"),
  ])
  func isWhatItSaysOrATextOrJSON(_ text: String, _ status: Int, _ type: String, _ body: String) throws {
    let answer = try answer(text)
    #expect(answer.status == status && answer.body == Array(body.utf8))
    #expect(answer.headers.count == 1 && answer.headers[0].isNamed("Content-Type") && answer.headers[0].value == type)
  }

  @Test func hasItsHeadersInTheirOrder() throws {
    let answer = try answer(#"{"headers":[["B","1"],["A",""],["B","ü\t2"]], "status": 301}"#)
    #expect(answer.status == 301 && lines(answer) == ["B: 1", "A: ", "B: ü\t2"] && answer.body.isEmpty)
    // Nothing is no kind of text.
    #expect(try self.answer(#"{"status":204,"body":""}"#).headers.isEmpty)
    #expect(try self.answer(#""""#).headers.isEmpty)
  }

  @Test(
    arguments: [
      (#"{"status":"ok"}"#, .noStatus(#""ok""#)), (#"{"status":199}"#, .noStatus("199")),
      (#"{"status":600}"#, .noStatus("600")), (#"{"status":2e2}"#, .noStatus("2e2")),
      (#"{"status":200.0}"#, .noStatus("200.0")), (#"{"status":-20}"#, .noStatus("-20")),
      (#"{"status":null}"#, .noStatus("null")), (#"{"status":200,"status":201}"#, .saidTwice("status")),
      (#"{"status":200,"\u0073tatus":201}"#, .saidTwice("status")),
      (#"{"status":200,"Body":""}"#, .unknownMember("Body")),
      (#"{"status":200,"body":"","body_base64":""}"#, .saidTwice("body")),
      (#"{"status":200,"body":1}"#, .noText("body")),
      (#"{"status":200,"body":"\ud800"}"#, .noText("body")), (#""\ud800""#, .noText("the answer")),
      (#"{"status":200,"body_base64":"AA"}"#, .noBase64), (#"{"status":200,"body_base64":[]}"#, .noBase64),
      (#"{"status":204,"body":"x"}"#, .bodyOf(204)), (#"{"status":304,"body_base64":"AA=="}"#, .bodyOf(304)),
      (#"{"status":200,"headers":{}}"#, .noHeaders), (#"{"status":200,"headers":null}"#, .noHeaders),
      (#"{"status":200,"headers":["A: b"]}"#, .noHeaders), (#"{"status":200,"headers":[["A"]]}"#, .noHeaders),
      (#"{"status":200,"headers":[["A","b","c"]]}"#, .noHeaders), (#"{"status":200,"headers":[["A",1]]}"#, .noHeaders),
      (#"{"status":200,"headers":[["A","b\r\nSet-Cookie: c"]]}"#, .noHeader("A")),
      (#"{"status":200,"headers":[["A","b\u000ac"]]}"#, .noHeader("A")),
      (#"{"status":200,"headers":[["A","b\u0000"]]}"#, .noHeader("A")),
      (#"{"status":200,"headers":[["A:","b"]]}"#, .noHeader("A:")),
      (#"{"status":200,"headers":[["","b"]]}"#, .noHeader("")),
      (#"{"status":200,"headers":[["A b","c"]]}"#, .noHeader("A b")),
      (#"{"status":200,"headers":[["content-LENGTH","1"]]}"#, .notItsOwn("content-LENGTH")),
      (#"{"status":200,"headers":[["Transfer-Encoding","chunked"]]}"#, .notItsOwn("Transfer-Encoding")),
      (#"{"status":200,"headers":[["Transfer-Encodings","a"]]}"#, .notItsOwn("Transfer-Encodings")),
      (#"{"status":200,"headers":[["Connection","close"]]}"#, .notItsOwn("Connection")),
      (#"{"status":200,"headers":[["Upgrade","h2c"]]}"#, .notItsOwn("Upgrade")),
      (#"{"status":200,"headers":[["Content-Type","a/b"],["content-type","a/c"]]}"#, .saidTwice("Content-Type")),
    ] as [(String, GatewayFault)]
  )
  func isNoneWhereItCannotBePassedOn(_ text: String, _ fault: GatewayFault) {
    #expect(throws: fault) { try answer(text) }
  }

  @Test func hasSoManyHeadersAndNoMore() throws {
    func answer(_ count: Int, _ value: String) throws -> GatewayAnswer {
      let headers = Array(repeating: #"["A","\#(value)"]"#, count: count).joined(separator: ",")
      return try self.answer(#"{"status":200,"headers":[\#(headers)]}"#)
    }
    #expect(try answer(GatewayAnswer.mostHeaders, "").headers.count == GatewayAnswer.mostHeaders)
    #expect(throws: GatewayFault.tooManyHeaders) { try answer(GatewayAnswer.mostHeaders + 1, "") }
    let long = String(repeating: "x", count: GatewayAnswer.mostHeaderBytes - 1)
    #expect(try answer(1, long).headers.count == 1)
    #expect(throws: GatewayFault.tooManyHeaders) { try answer(1, long + "x") }
  }
}
