// The text format of Prometheus, version 0.0.4.

internal import ChannelAdmin

/// Writes families of samples, each with what it means and of what type it is.
struct MetricsWriter {
  enum Kind: String {
    case counter, gauge, histogram
  }

  /// A name and a value; the value may be anything.
  typealias Label = (name: String, value: String)

  private(set) var text = ""

  /// Begins a family: what follows until the next one belongs to it.
  mutating func family(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  mutating func sample(_ name: String, _ labels: [Label], _ value: String) {
    text += name
    if !labels.isEmpty {
      text += "{" + labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",") + "}"
    }
    text += " \(value)\n"
  }

  mutating func sample(_ name: String, _ labels: [Label], _ value: some BinaryInteger) {
    sample(name, labels, String(value))
  }

  mutating func sample(_ name: String, _ labels: [Label], _ value: Bool) {
    sample(name, labels, value ? "1" : "0")
  }

  /// A family of one sample.
  mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: some BinaryInteger) {
    family(name, kind, help)
    sample(name, [], value)
  }

  /// One histogram of a family, in seconds.
  mutating func histogram(_ name: String, _ labels: [Label], _ histogram: TimeHistogram) {
    var count: UInt64 = 0
    for (bound, more) in zip(TimeHistogram.bounds, histogram.counts) {
      count &+= more
      sample(name + "_bucket", labels + [("le", Self.seconds(bound))], count)
    }
    sample(name + "_bucket", labels + [("le", "+Inf")], histogram.count)
    sample(name + "_sum", labels, Self.seconds(histogram.sum))
    sample(name + "_count", labels, histogram.count)
  }

  /// A duration of zero or more in seconds, to the nanosecond: no digit is lost on the way through a floating point.
  static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let whole = String(seconds)
    let nanoseconds = attoseconds / 1_000_000_000
    guard nanoseconds > 0 else { return whole }
    var digits = String(nanoseconds)
    digits = String(repeating: "0", count: 9 - digits.count) + digits
    while digits.hasSuffix("0") { digits.removeLast() }
    return "\(whole).\(digits)"
  }

  /// A value as it stands between quotation marks.
  static func escaped(_ value: String) -> String {
    var result = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      // Some readers take it for the end of a line.
      case "\r": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
