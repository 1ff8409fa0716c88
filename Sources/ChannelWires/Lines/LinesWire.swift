// One message a line.

package import ChannelMessages

/// What is said, one thing a line; see `ItemText`. Empty lines mean nothing.
package struct LinesWire: Wire {
  /// So long a line may be, when nobody says otherwise.
  package static let lineLimit = 8 << 20

  private var cutter: LineCutter
  private var line: UInt64 = 0
  private var isOver = false
  private let text: ItemText

  /// `prefix` is what ids that are made up begin with: whoever compares those of several connections needs another one for
  /// each.
  package init(lineLimit: Int = LinesWire.lineLimit, naming prefix: String = "") {
    cutter = LineCutter(limit: lineLimit)
    text = ItemText(unit: "line", prefix: prefix)
  }

  // MARK: Reading

  package mutating func take(_ bytes: [UInt8]) -> [WireItem] {
    guard !isOver else { return [] }
    var items: [WireItem] = []
    cutter.take(bytes)
    do throws(WireRefusal) {
      while let line = try nextLine() {
        if line.isEmpty || line == [UInt8(ascii: "\r")] { continue }
        items.append(try text.item(of: line, number: self.line))
      }
    } catch {
      isOver = true
      items.append(.refused(error))
    }
    return items
  }

  /// Who forgets the end of his last line is understood: a message has an end of its own.
  package mutating func takeEnd() -> [WireItem] {
    guard !isOver else { return [] }
    isOver = true
    let rest = cutter.takeRest()
    if rest.isEmpty || rest == [UInt8(ascii: "\r")] { return [] }
    do throws(WireRefusal) {
      return [try text.item(of: rest, number: line + 1)]
    } catch {
      return [.refused(WireRefusal("line \(line + 1) breaks off, and is no message"))]
    }
  }

  private mutating func nextLine() throws(WireRefusal) -> [UInt8]? {
    do throws(LineCutter.TooLong) {
      guard let next = try cutter.next() else { return nil }
      line += 1
      return next
    } catch {
      throw WireRefusal("line \(line + 1): it is longer than \(error.limit) bytes")
    }
  }

  // MARK: Writing

  package func encode(_ message: Message) -> [UInt8] { message.encode() + [UInt8(ascii: "\n")] }

  package func encode(acknowledging ids: [String]) -> [UInt8]? {
    text.encode(acknowledging: ids) + [UInt8(ascii: "\n")]
  }

  package func encode(refusal: WireRefusal) -> [UInt8]? { text.encode(refusal: refusal) + [UInt8(ascii: "\n")] }
}
