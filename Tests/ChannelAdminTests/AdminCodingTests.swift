import ChannelAdmin
import ChannelMessages
import ChannelModel
import Testing
import Transom

@Suite("The daemon's protocol") struct AdminCodingTests {
  private func lines(_ answer: AdminAnswer) -> [String] {
    AdminAnswerLines(answer).map { String(decoding: $0, as: UTF8.self) }
  }

  /// What the lines say when they come in this order.
  private func read(_ lines: [String]) throws(AdminFault) -> Result<AdminAnswer, ChannelError>? {
    var reader = AdminAnswerReader()
    for line in lines {
      if let answer = try reader.take(Array(line.utf8)) { return answer }
    }
    return nil
  }

  private func fault(_ line: String) -> AdminFault? {
    do throws(AdminFault) {
      _ = try AdminRequest(decoding: Array(line.utf8))
      return nil
    } catch {
      return error
    }
  }

  // MARK: There and back

  @Test func everyRequestIsTheSameOnceItIsRead() throws {
    var samples = AdminSamples(seed: 1)
    for _ in 0..<2_000 {
      let request = samples.request()
      let line = request.encode()
      #expect(!line.contains(UInt8(ascii: "\n")))
      #expect(try AdminRequest(decoding: line) == request)
    }
  }

  @Test func everyAnswerIsTheSameOnceItIsRead() throws {
    var samples = AdminSamples(seed: 2)
    for _ in 0..<2_000 {
      let answer = samples.answer()
      let lines = lines(answer)
      #expect(lines.allSatisfy { !$0.utf8.contains(UInt8(ascii: "\n")) })
      #expect(try read(lines) == .success(answer))
      // Without the last line it is none yet.
      #expect(try read(lines.dropLast()) == nil)
    }
  }

  @Test func everyErrorIsTheSameOnceItIsRead() throws {
    var samples = AdminSamples(seed: 3)
    for _ in 0..<500 {
      let error = samples.error()
      #expect(try read([String(decoding: error.line, as: UTF8.self)]) == .failure(error))
    }
  }

  @Test func anErrorEndsAnAnswerThatHadBegun() throws {
    let error = ChannelError(.system, at: "/x", "the disk is full", hint: "make room")
    let begun = lines(.channels([ChannelStatus(path: "/a", name: "a", phase: .idle)])).dropLast()
    #expect(try read(begun + [String(decoding: error.line, as: UTF8.self)]) == .failure(error))
  }

  @Test func longTextsGoInPiecesThatCutNoCharacter() throws {
    let text = String(repeating: "é𝄞x", count: 60_000)
    let configuration = lines(.configuration(text))
    #expect(configuration.count > 5)
    #expect(configuration.allSatisfy { $0.utf8.count < 400 << 10 })
    #expect(try read(configuration) == .success(.configuration(text)))
    var samples = AdminSamples(seed: 4)
    let letter = samples.letter()
    for message in [Array(text.utf8), [UInt8](repeating: 0x80, count: 200_000), Array(text.utf8) + [0xFF], []] {
      #expect(try read(lines(.letter(letter, message: message))) == .success(.letter(letter, message: message)))
    }
  }

  // MARK: As it stands on the wire

  @Test func requestsAreLinesThatAPersonCanType() {
    let requests: [(AdminRequest, String)] = [
      (.status, #"{"version":1,"verb":"status"}"#),
      (.channels(limit: 20), #"{"version":1,"verb":"channels","limit":20}"#),
      (.trace(id: "7c"), #"{"version":1,"verb":"trace","id":"7c"}"#),
      (.reload, #"{"version":1,"verb":"reload"}"#),
      (.configuration(.toml), #"{"version":1,"verb":"configuration","form":"toml"}"#),
      (
        .letters(LetterSelection(channel: "/a", method: nil), after: 7, limit: 2),
        #"{"version":1,"verb":"letters","channel":"/a","method":null,"after":7,"limit":2}"#
      ),
      (.letter("17"), #"{"version":1,"verb":"letter","letter":"17"}"#),
      (.retry(.one("17")), #"{"version":1,"verb":"retry","letter":"17"}"#),
      (
        .drop(.all(LetterSelection(method: "m"))),
        #"{"version":1,"verb":"drop","all":true,"channel":null,"method":"m"}"#
      ),
    ]
    for (request, line) in requests { #expect(String(decoding: request.encode(), as: UTF8.self) == line) }
  }

  @Test func eachThingThatIsToldOfHasALine() {
    var status = DaemonStatus(
      version: "1.2",
      process: 7,
      began: WallTime(nanoseconds: 1),
      asked: WallTime(nanoseconds: 2),
      phase: .serving,
      configuration: DaemonStatus.Configuration(files: ["/a.toml"], loaded: WallTime(nanoseconds: 1))
    )
    status.roots = [DaemonStatus.Root("/r", trouble: "gone")]
    status.channels.known = 3
    var handler = HandlerStatus("h", .worker, concurrency: 2)
    handler.times.add(.milliseconds(3))
    status.handlers = [handler]
    var bridge = BridgeStatus("b", .bridge, place: "unix:/b.sock")
    (bridge.channelCount, bridge.connections) = (2, 1)
    (bridge.requestsOut, bridge.requestsIn, bridge.eventsOut, bridge.eventsIn) = (3, 4, 5, 6)
    (bridge.dropped, bridge.refused, bridge.trouble) = (7, 8, "away")
    status.bridges = [bridge, BridgeStatus("d", .door, place: "http:/d.sock")]
    let counts = TimeHistogram.bounds.map { $0 == .milliseconds(5) ? "1" : "0" }.joined(separator: ",")
    #expect(
      lines(.status(status)) == [
        #"{"status":{"version":"1.2","process":7,"began_ns":1,"asked_ns":2,"phase":"serving","configuration":"#
          + #"{"files":["/a.toml"],"loaded_ns":1,"reloads":0,"failed_reloads":0,"problem":null},"channels":"#
          + #"{"known":3,"open":0,"troubled":0},"dead_letters":0,"lost_log_lines":0,"resident_bytes":0,"#
          + #""processor_ns":0,"descriptors":0}}"#,
        #"{"root":{"path":"/r","trouble":"gone"}}"#,
        #"{"handler":{"name":"h","manner":"worker","concurrency":2,"running":0,"waiting":0,"handled":0,"failed":0,"#
          + #""postponed":0,"restarts":0,"trouble":null,"times":{"counts":[\#(counts),0],"sum_ns":3000000,"#
          + #""half_within_ns":5000000,"most_within_ns":5000000}}}"#,
        #"{"bridge":{"name":"b","kind":"bridge","place":"unix:/b.sock","channels":2,"connections":1,"requests_out":3,"#
          + #""requests_in":4,"events_out":5,"events_in":6,"dropped":7,"refused":8,"trouble":"away"}}"#,
        #"{"bridge":{"name":"d","kind":"door","place":"http:/d.sock","channels":0,"connections":0,"requests_out":0,"#
          + #""requests_in":0,"events_out":0,"events_in":0,"dropped":0,"refused":0,"trouble":null}}"#,
        #"{"done":"status"}"#,
      ]
    )
    #expect(lines(.channels([])) == [#"{"done":"channels"}"#])
    #expect(lines(.letterCount(3)) == [#"{"letters":3}"#, #"{"done":"letter_count"}"#])
  }

  // MARK: What is refused

  @Test(arguments: [
    (#"{"version":1,"verb":"fly"}"#, AdminFault.unknownVerb("fly")), (#"{"version":2,"verb":"status"}"#, .version(2)),
    (#"{"verb":"status"}"#, .missing("version")), (#"{"version":1}"#, .missing("verb")),
    (#"{"version":"1","verb":"status"}"#, .wrongValue("version")), (#"{"version":1,"verb":7}"#, .wrongValue("verb")),
    (#"{"version":1,"version":1,"verb":"status"}"#, .twice("version")),
    (#"{"version":1,"verb":"channels"}"#, .missing("limit")),
    (#"{"version":1,"verb":"channels","limit":-1}"#, .wrongValue("limit")),
    (#"{"version":1,"verb":"channels","limit":1.0}"#, .wrongValue("limit")),
    (#"{"version":1,"verb":"channels","limit":1e3}"#, .wrongValue("limit")),
    (#"{"version":1,"verb":"channels","limit":99999999999999999999}"#, .wrongValue("limit")),
    (#"{"version":1,"verb":"channels","limit":18446744073709551615}"#, .wrongValue("limit")),
    (#"{"version":1,"verb":"trace","id":"\ud800"}"#, .wrongValue("id")),
    (#"{"version":1,"verb":"configuration","form":"xml"}"#, .wrongValue("form")),
    (#"{"version":1,"verb":"drop"}"#, .missing("letter")),
    (#"{"version":1,"verb":"drop","all":false}"#, .wrongValue("all")),
    (#"{"version":1,"verb":"drop","all":1}"#, .wrongValue("all")),
    (#"{"version":1,"verb":"drop","letter":"7","all":true}"#, .wrongValue("all")),
    (#"[1]"#, .json(JSONError(offset: 0, reason: .notAMessage))),
    (#"{"version":1"#, .json(JSONError(offset: 12, reason: .unexpectedEnd))),
    (#"{"version":1,"verb":"status","x":[[[[[[[[[1]]]]]]]]]}"#, .json(JSONError(offset: 41, reason: .tooDeep))),
    ("", .json(JSONError(offset: 0, reason: .unexpectedEnd))),
  ])
  func aLineThatIsNoRequestIsRefusedWithItsReason(_ line: String, _ fault: AdminFault) {
    #expect(self.fault(line) == fault)
    #expect(!fault.description.isEmpty)
  }

  @Test func bytesThatAreNoTextAreNoRequest() {
    let line = Array(#"{"version":1,"verb":"trace","id":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
    #expect(throws: AdminFault.json(JSONError(offset: 34, reason: .invalidUTF8))) { try AdminRequest(decoding: line) }
  }

  @Test func whatNobodyKnowsMeansNothing() throws {
    #expect(fault(#"{"new":{"a":[1]},"verb":"status","version":1,"more":null}"#) == nil)
    var lines = lines(.channels([ChannelStatus(path: "/a", name: "a", phase: .idle)]))
    lines.insert(#"{"weather":"fine"}"#, at: 0)
    lines[1] = lines[1].replacing("{\"channel\":{", with: "{\"x\":1,\"channel\":{\"y\":[{}],")
    let expected = AdminAnswer.channels([ChannelStatus(path: "/a", name: "a", phase: .idle)])
    #expect(try read(lines) == .success(expected))
    let error = #"{"error":{"code":"new-kind","where":"w","what":"x","hint":"h"}}"#
    #expect(try read([error]) == .failure(ChannelError(.system, at: "w", "x", hint: "h")))
  }

  @Test(arguments: [
    ([#"{"done":"status"}"#], AdminFault.missing("status")), ([#"{"done":"reloaded"}"#], .missing("reloaded")),
    ([#"{"done":"letter"}"#], .missing("letter")), ([#"{"done":"letter_count"}"#], .missing("letters")),
    ([#"{"done":"weather"}"#], .wrongValue("done")), ([#"{"letters":1}"#, #"{"done":"status"}"#], .mixed),
    ([#"{"letters":1}"#, #"{"done":"channels"}"#], .mixed), ([#"{"error":{}}"#], .missing("code")),
    ([#"{"error":"no"}"#], .wrongValue("error")), ([#"{"bridge":{"name":"b","kind":"ferry"}}"#], .wrongValue("kind")),
    ([#"{"channel":7}"#], .wrongValue("channel")),
    ([#"{"message_hex":"0"}"#], .wrongValue("message_hex")), ([#"{"message_hex":"0g"}"#], .wrongValue("message_hex")),
  ])
  func linesThatAreNoAnswerAreRefused(_ lines: [String], _ fault: AdminFault) {
    #expect(throws: fault) { try read(lines) }
  }

  @Test func noBeginningOfALineIsOne() {
    var samples = AdminSamples(seed: 5)
    for _ in 0..<50 {
      let line = samples.request().encode()
      for length in 0..<line.count {
        #expect(throws: AdminFault.self) { try AdminRequest(decoding: Array(line[..<length])) }
      }
    }
  }
}
