import ChannelMessages
import Testing

@Suite struct MessageArrayTests {
  @Test func findsThePartsOfAMessage() throws {
    let text =
      #" [ {"id":"a\n","timestamp":1764,"type":"response","reply_to":"b","method":"m","payload":{"k": 1.10},"error":"e"} ]"#
    let bytes = Array(text.utf8)
    let element = try #require(try MessageArray.scan(bytes).first)
    let index = try #require(element.message)
    func part(_ range: Range<Int>?) -> String? { range.map { String(decoding: bytes[$0], as: UTF8.self) } }
    #expect(part(index.id) == #"a\n"#)
    #expect(index.timestamp == 1764)
    #expect(index.kind == .response)
    #expect(part(index.replyTo) == "b")
    #expect(part(index.method) == "m")
    #expect(part(index.payload) == #"{"k": 1.10}"#)
    #expect(part(index.error) == "e")
    #expect(element.range == index.range)
    #expect(part(element.range)?.first == "{" && part(element.range)?.last == "}")
    #expect(index.hazard == nil && index.duplicateKeyOffset == nil && !index.hasUnknownKeys)
  }

  @Test func keepsAMessageIn72BytesWhateverItsSize() {
    #expect(MemoryLayout<MessageIndex>.stride == 72)
    #expect(MemoryLayout<MessageElement>.stride <= 88)
  }

  @Test func readsTheNeighboursOfAnUnreadableElement() throws {
    let good = #"{"id":"a","timestamp":1,"type":"event","payload":1}"#
    let bad = [
      "1", "null", "{}", "[]", #""x""#, #"{"id":"a"}"#, #"{"id":"a","timestamp":5.0,"type":"event","payload":1}"#,
    ]
    for element in bad {
      let elements = try MessageArray.scan(Array("[\(good),\(element),\(good)]".utf8))
      #expect(elements.map { $0.message != nil } == [true, false, true], "\(element)")
    }
  }

  @Test func namesTheFirstThingThatIsWrongInAnElement() throws {
    let text = #"[{"timestamp":-1,"id":5,"type":"event"}]"#
    let elements = try MessageArray.scan(Array(text.utf8))
    #expect(elements.first?.content == .unreadable(JSONError(offset: 14, reason: .badTimestamp)))
  }

  @Test func setsAsideOnlyTheElementThatIsNoUTF8() throws {
    let good = Array(#"{"id":"é","timestamp":1,"type":"event","payload":1}"#.utf8)
    let bad = Array(#"{"id":"a","timestamp":1,"type":"event","payload":""#.utf8) + [0xC3] + Array(#""}"#.utf8)
    let text = Array("[".utf8) + good + [0x2C] + bad + [0x2C] + good + Array("]".utf8)
    let elements = try MessageArray.scan(text)
    #expect(elements.map { $0.message != nil } == [true, false, true])
    let place = 1 + good.count + 1 + 50
    #expect(text[place] == 0xC3)
    #expect(elements[1].content == .unreadable(JSONError(offset: place, reason: .invalidUTF8)))
  }

  // MARK: Cut at every place

  @Test(arguments: Sample.windows) func throwsAtTheEndOfEveryCutText(_ sample: Sample) throws {
    #expect(failure { () throws(JSONError) in _ = try MessageArray.scan(sample.bytes) } == nil)
    let end = try #require(sample.bytes.lastIndex(of: UInt8(ascii: "]")))
    for length in 0...end {
      let cut = Array(sample.bytes[..<length])
      let error = failure { () throws(JSONError) in _ = try MessageArray.scan(cut) }
      #expect(error == JSONError(offset: length, reason: .unexpectedEnd))
    }
  }

  @Test(arguments: Sample.windows) func neverTrapsWhateverByteIsDamaged(_ sample: Sample) {
    for place in sample.bytes.indices {
      for byte: UInt8 in [0x00, 0x20, 0x22, 0x2C, 0x30, 0x5B, 0x5C, 0x5D, 0x7B, 0x7D, 0x80, 0xC2, 0xFF] {
        var damaged = sample.bytes
        damaged[place] = byte
        let error = failure { () throws(JSONError) in
          for element in try MessageArray.scan(damaged) {
            #expect(damaged.indices.contains(element.range.lowerBound) && element.range.upperBound <= damaged.count)
          }
        }
        if let error { #expect(error.offset <= damaged.count) }
      }
    }
  }

  @Test(arguments: Sample.windows) func scanningATailGivesTheSameElements(_ sample: Sample) throws {
    let whole = try MessageArray.scan(sample.bytes)
    for (number, element) in whole.enumerated() {
      let tail = try MessageArray.scanTail(sample.bytes, from: element.range.lowerBound)
      #expect(tail == Array(whole[number...]))
    }
    let bracket = try #require(sample.bytes.lastIndex(of: UInt8(ascii: "]")))
    #expect(try MessageArray.scanTail(sample.bytes, from: bracket) == [])
  }

  @Test func aTailMayBeginWithWhiteSpaceAndMustNotBeginWithAComma() throws {
    let text = Array(#"[1 , {"id":"a","timestamp":1,"type":"event","payload":1} ]"#.utf8)
    #expect(try MessageArray.scanTail(text, from: 4).count == 1)
    let error = failure { () throws(JSONError) in _ = try MessageArray.scanTail(text, from: 3) }
    #expect(error == JSONError(offset: 3, reason: .expectedValue))
    let end = failure { () throws(JSONError) in _ = try MessageArray.scanTail(text, from: text.count) }
    #expect(end == JSONError(offset: text.count, reason: .unexpectedEnd))
  }

  // MARK: Keys that come twice

  @Test(arguments: [
    (#"{"a":1,"a":2}"#, 7), (#"{"a":1,"\u0061":2}"#, 7), (#"{"\u0061":1,"a":2}"#, 12), (#"{"":1,"":2}"#, 6),
    (#"[{"a":{"b":1,"b":2}}]"#, 13), (#"{"a":{"a":1},"a":1}"#, 13), (#"{"é":1,"\u00e9":1}"#, 8),
    (#"{"\ud834\udd1e":1,"𝄞":1}"#, 18), (#"{"\ud800":1,"\ud800":1}"#, 12), (#"{"/":1,"\/":1}"#, 7),
    (#"{"long enough key":1,"long enough key":2}"#, 21), (#"{"b":1,"a":1,"\n":1,"b":2,"a":2}"#, 20),
    (#"{"x":{"p":0,"q":0},"y":1,"x":1}"#, 25),
  ]) func reportsAKeyThatComesTwice(_ payload: String, _ offset: Int) throws {
    let bytes = Sample.window(payload: payload)
    let index = try #require(try MessageArray.scan(bytes).first?.message)
    #expect(index.duplicateKeyOffset == index.payload.lowerBound + offset)
  }

  @Test(arguments: [
    #"{"a":1,"b":{"a":1}}"#, #"[{"a":1},{"a":1}]"#, #"{"a":{"x":1},"b":{"x":1}}"#, #"{"a":1,"A":1,"á":1}"#,
    #"{"long enough key1":1,"long enough key2":2}"#, #"{"\ud800":1,"\ud801":1}"#, #"{"\\u0061":1,"a":1}"#,
    #"{"ab":1,"a":1,"":1}"#, #"{"a\u0000":1,"a":1}"#,
  ]) func reportsNoneWhereKeysDiffer(_ payload: String) throws {
    let index = try #require(try MessageArray.scan(Sample.window(payload: payload)).first?.message)
    #expect(index.duplicateKeyOffset == nil)
  }

  @Test(arguments: [2, 23, 24, 25, 26, 100, 1_000]) func findsTheSecondOfManyKeys(_ count: Int) throws {
    let keys = (0..<count).map { #""key \#($0)":\#($0)"# }
    let none = try MessageArray.scan(Sample.window(payload: "{" + keys.joined(separator: ",") + "}"))
    #expect(none.first?.message?.duplicateKeyOffset == nil)
    for again in [0, count / 2, count - 1] {
      let text = "{" + keys.joined(separator: ",")
      let escaped = #","\u006bey \#(again)":0}"#
      let index = try #require(try MessageArray.scan(Sample.window(payload: text + escaped)).first?.message)
      #expect(index.duplicateKeyOffset == index.payload.lowerBound + text.utf8.count + 1)
    }
  }

  @Test func reportsUnknownKeysOfTheMessageThatComeTwice() throws {
    let bytes = Sample.window(payload: #"{"x":1}"#, extra: #","x":1,"y":{"x":2},"x":3"#)
    let index = try #require(try MessageArray.scan(bytes).first?.message)
    #expect(index.duplicateKeyOffset == index.payload.upperBound + 19)
  }
}
