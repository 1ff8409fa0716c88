// One limit that was reached, told so that a person can raise it.

/// A kernel setting that ran out: its name, its value, and the command that raises it.
package struct InotifyLimit: Hashable, Sendable {
  /// The name as sysctl(8) has it.
  package let setting: String
  /// What it stands at, where that could be read.
  package let value: Int?
  /// A value that serves: twice what there is, and never less than what is sensible.
  package let suggestion: Int

  init(setting: String, value: Int?, sensible: Int) {
    self.setting = setting
    self.value = value
    // Doubling what is already in the billions would leave the kernel's own int.
    self.suggestion = max(sensible, min(value ?? 0, Int(Int32.max) / 2) * 2)
  }

  /// The command that raises it until the next boot.
  package var remedy: String { "sysctl -w \(setting)=\(suggestion)" }

  /// The one that is lower; the first where they are equal or the second is not known.
  static func lower(of first: Self, _ second: Self) -> Self {
    (second.value ?? .max) < (first.value ?? .max) ? second : first
  }
}

extension InotifyLimit: CustomStringConvertible {
  package var description: String {
    "\(setting) is \(value.map { "\($0)" } ?? "not readable"); raise it as root: \(remedy)"
  }
}
