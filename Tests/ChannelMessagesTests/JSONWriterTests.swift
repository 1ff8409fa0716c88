import ChannelMessages
import Testing

@Suite struct JSONWriterTests {
  private func write(_ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    body(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test func escapesOnlyWhatMustBe() {
    for value in UInt8(0)..<0x80 {
      let text = String(Character(Unicode.Scalar(value)))
      let expected =
        switch value {
        case 0x22: #""\"""#
        case 0x5C: #""\\""#
        case 0x08: #""\b""#
        case 0x09: #""\t""#
        case 0x0A: #""\n""#
        case 0x0C: #""\f""#
        case 0x0D: #""\r""#
        case 0..<0x20: "\"\\u00" + (value < 16 ? "0" : "") + String(value, radix: 16) + "\""
        default: "\"\(text)\""
        }
      #expect(write { $0.string(text) } == expected)
    }
    #expect(write { $0.string("é€𝄞\u{2028}\u{7F}/") } == "\"é€𝄞\u{2028}\u{7F}/\"")
  }

  @Test func whatItWritesIsReadBackWhereverTheEscapeStands() throws {
    for before in 0..<20 {
      for special in ["\"", "\\", "\n", "\u{1}", "é", "\u{0}"] {
        let text = String(repeating: "x", count: before) + special + "tail of it"
        var writer = JSONWriter()
        writer.string(text)
        let bytes = writer.bytes
        #expect(failure { () throws(JSONError) in _ = try JSONText(validating: bytes) } == nil)
        #expect(JSONString.decode(bytes, 1..<bytes.count - 1) == text)
        #expect(JSONString.matches(bytes, 1..<bytes.count - 1, text))
        #expect(!JSONString.matches(bytes, 1..<bytes.count - 1, text + "x"))
        #expect(!JSONString.matches(bytes, 1..<bytes.count - 1, String(text.dropLast())))
      }
    }
  }

  @Test func putsCommasBetweenAndNowhereElse() {
    let text = write { writer in
      writer.beginObject()
      writer.key("a")
      writer.beginArray()
      writer.integer(1 as UInt64)
      writer.integer(-2 as Int64)
      writer.beginArray()
      writer.endArray()
      writer.boolean(true)
      writer.endArray()
      writer.key("b")
      writer.null()
      writer.key("c")
      writer.beginObject()
      writer.endObject()
      writer.key("d")
      writer.raw(JSONText.null)
      writer.endObject()
    }
    #expect(text == #"{"a":[1,-2,[],true],"b":null,"c":{},"d":null}"#)
  }

  @Test func writesTheLimitsOfIntegers() {
    #expect(write { $0.integer(UInt64.max) } == "18446744073709551615")
    #expect(write { $0.integer(UInt64(0)) } == "0")
    #expect(write { $0.integer(Int64.min) } == "-9223372036854775808")
    #expect(write { $0.integer(Int64.max) } == "9223372036854775807")
  }

  @Test func aTextOfHalfAPairDecodesToNothing() {
    for text in [#"\ud800"#, #"\udc00x"#, #"\ud800\ud800"#, #"a\ud800\n"#] {
      let bytes = Array(text.utf8)
      #expect(JSONString.decode(bytes, 0..<bytes.count) == nil)
    }
  }

  @Test func decodingNeverTrapsOnTextThatNobodyChecked() {
    for text in [#"\"#, #"\u"#, #"\u1"#, #"\ud834\u"#, #"\ud834\"#, #"\q"#, "\"", #"a\ud834\udd1"#] {
      let bytes = Array(text.utf8)
      _ = JSONString.decode(bytes, 0..<bytes.count)
      #expect(!JSONString.matches(bytes, 0..<bytes.count, "something else that is long"))
    }
  }
}
