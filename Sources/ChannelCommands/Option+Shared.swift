// Rows of the argument table that several verbs have.

extension Option {
  static let json = Option(.json, .none, "print one JSON object a line")
  static let quiet = Option(.quiet, short: "q", .none, "say nothing on the standard error but errors")

  static func side(_ standard: String) -> Option {
    Option(.as, .choice(["backend", "frontend"]), standard: standard, "the side that you are")
  }

  /// What every verb takes that writes messages.
  static let writing = [
    Option(
      .durability,
      .choice(["process", "power", "power-window"]),
      standard: "process",
      "what sent messages survive: any crash of a process, or power loss too; power-window is refused by this version"
    ),
    Option(.lockTimeout, .duration, standard: "6s", "wait so long for a lock, or for room"),
    Option(
      .visibility,
      .duration,
      "when 1.0 programs must see it; refused by this version, which shows them nothing yet"
    ),
  ]
}
