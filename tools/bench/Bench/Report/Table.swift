// The figures as a table, or as JSON, a line each.

internal import ChannelMessages
internal import Glibc

/// Prints each figure as soon as it is there.
struct Table {
  private static let widths = (row: 52, ours: 20, contender: 52, ratio: 7, target: 12)

  private let isJSON: Bool
  private var isBegun = false

  init(isJSON: Bool) { self.isJSON = isJSON }

  mutating func print(_ figure: Figure) {
    if isJSON { return emit(Self.json(figure)) }
    if !isBegun {
      isBegun = true
      emit(Self.line("", "Transom", "against", "ratio", "target", ""))
    }
    var contender = ""
    if let name = figure.contender, let other = figure.other { contender = "\(Decimal.text(other))  \(name)" }
    let ours = "\(Decimal.text(figure.value)) \(figure.unit.rawValue)"
    let verdict = figure.isMet.map { $0 ? "met" : figure.isFarOff ? "MISSED BY FAR" : "MISSED" } ?? ""
    let ratio = figure.ratio.map { Decimal.fixed($0, digits: 2) } ?? ""
    emit(Self.line(figure.row, ours, contender, ratio, figure.target.map(Self.text) ?? "", verdict))
  }

  /// Prints the closing line; answers whether no figure misses its target by far.
  func finish(_ figures: [Figure]) -> Bool {
    let asked = figures.compactMap(\.isMet)
    let farOff = figures.count { $0.isFarOff }
    if !isJSON {
      var text = "\(asked.count { $0 }) of \(asked.count) targets met"
      if farOff > 0 { text += "; \(farOff) missed by more than \(Decimal.fixed(Target.leeway, digits: 1)) times" }
      emit("\n" + text)
    }
    return farOff == 0
  }

  private func emit(_ text: String) {
    Swift.print(text)
    fflush(nil)
  }

  private static func text(_ target: Target) -> String {
    (target.isUpper ? "≤ " : "≥ ") + Decimal.text(target.bound) + (target.judges == .ratio ? " x" : "")
  }

  private static func line(
    _ row: String,
    _ ours: String,
    _ contender: String,
    _ ratio: String,
    _ target: String,
    _ verdict: String
  ) -> String {
    let text =
      row.padded(to: widths.row) + ours.padded(to: widths.ours) + contender.padded(to: widths.contender)
      + ratio.padded(to: widths.ratio) + target.padded(to: widths.target) + verdict
    return String(text.reversed().drop { $0 == " " }.reversed())
  }

  private static func json(_ figure: Figure) -> String {
    func number(_ value: Double?) -> String { value.map { $0.isFinite ? "\($0)" : "null" } ?? "null" }
    func string(_ text: String?) -> String { text.map { "\"\($0)\"" } ?? "null" }
    let asks = figure.target.map { "\($0.judges) \($0.isUpper ? "<=" : ">=")" }
    let fields = [
      ("name", string(figure.row)), ("value", number(figure.value)), ("unit", string(figure.unit.rawValue)),
      ("contender", string(figure.contender)), ("contenderValue", number(figure.other)),
      ("ratio", number(figure.ratio)), ("target", number(figure.target?.bound)), ("asks", string(asks)),
      ("met", figure.isMet.map { "\($0)" } ?? "null"),
    ]
    return "{" + fields.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
  }
}

extension String {
  /// With blanks behind it; one at least.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
