// Rows of the argument table that several verbs have.

extension Operand {
  static let directory = Operand(.directory, .directory, "the channel's directory")
  static let directoryOrURL = Operand(
    .directory,
    .directory,
    "the channel's directory; or a URL where somebody speaks lines: unix:PATH, unix:@NAME, tcp:HOST:PORT, tls:HOST:PORT, fifo:IN,OUT, mq:/IN,/OUT, exec:COMMAND; or a WebSocket: ws://HOST:PORT/PATH, wss://HOST/PATH"
  )
  static let payload = Operand(
    .json,
    .json,
    isOptional: true,
    "the payload: literally, @FILE, or - for the standard input [default: null]"
  )
  static let about = Operand(
    .verb,
    .choice(Verb.Name.allCases.map(\.rawValue)),
    isOptional: true,
    "the verb; without it the whole program"
  )
}
