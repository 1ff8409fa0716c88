internal import ChannelMessages

extension FuzzTarget {
  /// One JSON value, and the bytes taken for the inside of a string that nobody checked.
  ///
  /// Memory: the value and the decoded text are there twice; keys are not followed.
  static let text = FuzzTarget(
    name: "text",
    maximumLength: 4_096,
    allocationBase: 8 << 10,
    allocationPerByte: 6,
    seeds: ["json/rfc8259.tsv"]
  ) { bytes in
    let result = Result { () throws(JSONError) in try JSONText(validating: bytes) }
    let decoded = JSONString.decode(bytes, 0..<bytes.count)
    _ = MessageArray.isBlank(bytes)
    uncounted {
      switch result {
      case .success(let value):
        check(Oracle.accepts(bytes), "malformed text was taken")
        check((try? JSONText(validating: value.bytes)) == value, "a value alone is the same value")
      case .failure(let error):
        check(error.offset <= bytes.count, "an error stands in the text")
        check(error.reason == .tooDeep || !Oracle.accepts(bytes), "well-formed text was refused: \(error)")
      }
      if let decoded { check(JSONString.matches(bytes, 0..<bytes.count, decoded), "a text matches what it says") }
    }
  }
}
