// What a verb finds around it.

package import LinuxIO
internal import Synchronization

/// Where a verb prints, talks and is interrupted.
package final class Surroundings: Sendable {
  package let output: Output
  package let interruption: Interruption
  /// How what is printed looks, and how what is said.
  package let style: Style
  package let talkStyle: Style
  /// Whether a person reads what is printed, who is better off with indented lines and tables.
  package let isForPerson: Bool
  private let isQuiet: Bool
  /// Who writes what is said, once nobody may wait for those who read it.
  private let writer = Mutex<LineWriter?>(nil)
  /// Whoever ends is to wait for its readers no longer.
  private static let patienceAtEnd = Duration.seconds(1)

  package init(_ invocation: Invocation, interruption: Interruption) {
    output = Output()
    self.interruption = interruption
    let wish = invocation.text(.color) ?? "auto"
    let environment = Self.environment
    let isJSON = invocation.has(.json)
    isForPerson = output.isTerminal && !isJSON
    // A line for a program is coloured only for those who insist.
    style = Style.decided(wish, isTerminal: isForPerson, environment: environment)
    talkStyle = Self.talkStyle(wish)
    isQuiet = invocation.has(.quiet)
  }

  /// How the standard error looks.
  package static func talkStyle(_ wish: String) -> Style {
    Style.decided(wish, isTerminal: Terminal.isBehind(2), environment: environment)
  }

  /// What of the environment decides about colours and widths.
  package static var environment: [String: String] {
    var found: [String: String] = [:]
    for name in ["NO_COLOR", "TERM", "COLUMNS"] {
      found[name] = ProcessEnvironment.value(of: name)
    }
    return found
  }

  /// How many columns the terminal has, which shells do not tell those they start.
  static var width: Int {
    environment["COLUMNS"].flatMap { Int($0) } ?? Terminal.columns(behind: 1) ?? 80
  }

  /// Says something that is no error; `--quiet` leaves it out.
  package func say(_ text: String) {
    if !isQuiet { utter(talkStyle(.faint, "transom: \(Self.harmless(text))") + "\n") }
  }

  /// Says something that nobody may miss.
  package func warn(_ text: String) {
    utter("\(talkStyle(.warning, "transom:")) \(Self.harmless(text))\n")
  }

  /// From here on nobody waits until what is said is read: a terminal may stand still, and a pipe may have no reader.
  package func keepNobodyWaiting() throws(SystemError) {
    let writer = try LineWriter(
      lostLine: { "transom: \($0) lines are missing here: nobody has read them in time\n" },
      write: { StandardError.write($0) }
    )
    self.writer.withLock { $0 = writer }
    // What is done at the end may say something too, and is done before this.
    interruption.beforeEnd { [self] in finishSaying() }
  }

  /// Waits a little until what was said is written.
  func finishSaying() {
    writer.withLock { $0 }?.finish(within: Self.patienceAtEnd)
  }

  private func utter(_ line: String) {
    if let writer = writer.withLock({ $0 }) { writer.add(line) } else { StandardError.write(line) }
  }

  /// Says why the program ends.
  package static func complain(_ text: String, _ style: Style) {
    StandardError.write("\(style(.error, "transom:")) \(harmless(text))\n")
  }

  /// What is said may have lines and tabs.
  private static func harmless(_ text: String) -> String { HarmlessText.text(text, keeping: ["\n", "\t"]) }
}
