import ChannelMessages
import Testing

/// A text with a name, for parameterised tests.
struct Sample: Sendable, CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]

  init(_ name: String, _ text: String) {
    self.name = name
    bytes = Array(text.utf8)
  }

  var testDescription: String { name }

  /// Arrays that are read whole; between them they meet every way through the scanner.
  static let windows = [
    Sample("empty", "[]"),
    Sample("empty with white space", " [ \n] \r\n"),
    Sample("one", #"[{"id":"a","timestamp":1,"type":"event","payload":null}]"#),
    Sample(
      "all keys",
      #"[{"id":"a","timestamp":1,"type":"response","reply_to":"b","method":"m","payload":{"k":[1,-2.5e3]},"error":"e"}]"#
    ),
    Sample("nulls for absent", #"[{"id":"a","timestamp":1,"type":"event","reply_to":null,"payload":0,"error":null}]"#),
    Sample("array form", #"[["a",5,"event",null,"m",1,null],["b",6,"response","a",null,null,"no"]]"#),
    Sample(
      "escapes",
      #"[{"i\u0064":"\"\\\/\b\f\n\r\t\u00e9\ud834\udd1e","timestamp":18446744073709551615,"type":"event","payload":"\u0000"}]"#
    ),
    Sample("unknown keys", #"[{"x":{"y":[]},"id":"a","timestamp":1,"z":"","type":"request","payload":true,"w":1.10}]"#),
    Sample("other scripts", #"[{"id":"ключ","timestamp":1,"type":"event","payload":{"名":"値","𝄞":"é"}}]"#),
    Sample(
      "pretty",
      """
      [
        {
          "id": "a",
          "timestamp": 1,
          "type": "event",
          "method": "m",
          "payload": {
            "list": [
              1,
              {}
            ],
            "empty": []
          }
        },
        {
          "id": "b",
          "timestamp": 2,
          "type": "event",
          "payload": null
        }
      ]
      """
    ),
    Sample(
      "unreadable among good",
      #"[1,{"id":"a","timestamp":1,"type":"event","payload":1},{},"x",[],null,{"id":5}]"#
    ),
    Sample("deep", #"[{"id":"a","timestamp":1,"type":"event","payload":\#(nested(200))}]"#),
    Sample("kind as object", #"[{"id":"a","timestamp":1,"type":{"event":null},"payload":1}]"#),
  ]

  /// Brackets within brackets, arrays and objects by turns.
  static func nested(_ levels: Int) -> String {
    var (opening, closing) = ("", "")
    for level in 0..<levels {
      opening += level % 2 == 0 ? "[" : #"{"k":"#
      closing = (level % 2 == 0 ? "]" : "}") + closing
    }
    return opening + (levels % 2 == 0 ? "0" : "") + closing
  }

  /// One message with a payload, in an array.
  static func window(payload: String, extra: String = "") -> [UInt8] {
    Array(#"[{"id":"a","timestamp":1,"type":"event","payload":\#(payload)\#(extra)}]"#.utf8)
  }
}

/// What a scan throws, or nil.
func failure(_ body: () throws(JSONError) -> Void) -> JSONError? {
  do throws(JSONError) {
    try body()
    return nil
  } catch {
    return error
  }
}
