// How an answer is printed.

package import ChannelMessages

extension Surroundings {
  /// Prints an answer's payload: for people on indented lines, for programs on one.
  package func printAnswer(_ answer: JSONText) throws {
    if isForPerson || style.isColoured {
      try output.addLine(JSONLayout.text(of: answer.bytes, style: style, isIndented: isForPerson))
    } else {
      var writer = JSONWriter(reservingCapacity: answer.bytes.count)
      writer.compact(answer)
      try output.addLine(writer.bytes)
    }
    try output.flush()
  }
}
