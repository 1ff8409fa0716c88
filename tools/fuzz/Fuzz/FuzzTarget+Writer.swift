internal import ChannelMessages

extension FuzzTarget {
  /// Any text that the writer is given comes back.
  ///
  /// Memory: a byte may become six, in an array that doubles.
  static let writer = FuzzTarget(
    name: "writer",
    maximumLength: 1_024,
    allocationBase: 1 << 10,
    allocationPerByte: 32,
    seeds: ["json/rfc8259.tsv"]
  ) { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    var writer = JSONWriter()
    writer.string(text)
    let written = writer.bytes
    uncounted {
      check(Oracle.accepts(written), "what is written is JSON")
      check(
        JSONString.decode(written, 1..<written.count - 1).map { Array($0.utf8) } == Array(text.utf8),
        "it comes back"
      )
    }
  }
}
