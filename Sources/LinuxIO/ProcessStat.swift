// The line of /proc/<pid>/stat.

/// What `/proc/<pid>/stat` tells of a process, as far as it matters here.
package struct ProcessStat: Hashable, Sendable {
  /// Its number in the pid namespace that `/proc` was mounted for.
  package let pid: Int32
  /// One letter: R, S, D, T, Z and so on.
  package let state: UInt8
  /// How many threads it still has; a dead one that nobody waited for counts 1.
  package let threads: Int
  /// When it began, in clock ticks since the machine booted.
  package let startTime: UInt64

  /// Parses the line; nil where it is none.
  ///
  /// The command's name stands in parentheses and is whatever its owner chose, parentheses, spaces and line feeds
  /// included. Only numbers follow it, so it ends with the last closing parenthesis.
  package static func parse(_ line: [UInt8]) -> Self? {
    guard let open = line.firstIndex(of: UInt8(ascii: "(")),
      let close = line.lastIndex(of: UInt8(ascii: ")")), open < close
    else { return nil }
    let head = line[..<open].split(separator: UInt8(ascii: " "))
    let fields = line[(close + 1)...].split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
    // Field 3 of the manual page, the state, is the first after the name.
    guard head.count == 1, fields.count >= 20, fields[0].count == 1,
      let pid: Int32 = number(head[0]), pid > 0,
      let threads: Int = number(fields[17]),
      let startTime: UInt64 = number(fields[19])
    else { return nil }
    return Self(pid: pid, state: fields[0][fields[0].startIndex], threads: threads, startTime: startTime)
  }

  /// Dead and not waited for yet: it holds no file and no lock any more. (With other threads alive it is only the first
  /// of them that has ended.)
  package var isDead: Bool {
    (state == UInt8(ascii: "Z") || state == UInt8(ascii: "X")) && threads <= 1
  }

  /// Decimal digits and nothing else, that fit.
  private static func number<Number: FixedWidthInteger>(_ digits: ArraySlice<UInt8>) -> Number? {
    guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
      return nil
    }
    return String(validating: digits, as: UTF8.self).flatMap { Number($0) }
  }
}
