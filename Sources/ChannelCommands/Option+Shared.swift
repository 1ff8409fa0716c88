// Rows of the argument table that several verbs have.

extension Option {
  static let json = Option(.json, .none, "print one JSON object a line")
  /// What every verb takes that asks the daemon.
  static let socket = Option(
    .socket,
    .text("PATH"),
    "the daemon's socket [default: $TRANSOM_SOCKET, then transomd.sock in $XDG_RUNTIME_DIR or in /tmp/transom-UID]"
  )

  static let quiet = Option(.quiet, short: "q", .none, "say nothing on the standard error but errors")

  static func side(_ standard: String) -> Option {
    Option(.as, .choice(["backend", "frontend"]), standard: standard, "the side that you are")
  }

  /// What secures a connection to a URL.
  static let security = [
    Option(
      .ca,
      .text("FILE"),
      "for tls: and wss: who is believed about the other end, in PEM [default: whom the system trusts]"
    ),
    Option(
      .cert,
      .text("FILE"),
      "for tls: and wss: the own certificate and those that lead to it, where one is asked for"
    ),
    Option(.key, .text("FILE"), "the key of that certificate"),
    Option(.token, .text("FILE"), "for ws: and wss: a token that is shown there, which stands in this file alone"),
  ]

  /// What every verb takes that writes messages.
  static let writing = [
    Option(
      .durability,
      .choice(["process", "power", "power-window"]),
      standard: "process",
      "what sent messages survive: any crash of a process, power loss too, or that and so that 1.0 programs find them"
    ),
    Option(.lockTimeout, .duration, standard: "6s", "wait so long for a lock, or for room"),
    Option(
      .visibility,
      .duration,
      "show it to 1.0 programs so much later at most, many at once; the end of the program shows the rest [default: at once]"
    ),
  ]
}
