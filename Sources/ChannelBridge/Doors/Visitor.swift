// Somebody who was let in.

internal import ChannelModel
internal import ChannelWires

/// Who came in by a door, and what he may do in the channel that he has to do with.
struct Visitor: Sendable {
  let pass: AccessPass
  /// As it is called at the door.
  let channel: String
  /// What he wants to hear of; all where there is nothing.
  private let wanted: [MethodPattern]
  private let meter: AccessMeter

  init(_ pass: AccessPass, in channel: String, wanting events: [String] = [], _ meter: AccessMeter) {
    wanted = events.map(MethodPattern.init)
    self.pass = pass
    self.channel = channel
    self.meter = meter
  }

  var identity: AccessIdentity { pass.identity }
  private var permission: AccessPermission { pass.permission }

  /// Whether he is told such an event: he wants it, and may have it.
  func hears(_ event: String) -> Bool {
    (wanted.isEmpty || wanted.contains { $0.matches(event) }) && permission.mayHear(event, of: channel)
  }

  var mayHearAnything: Bool { permission.mayHearAnything }
  var mayBeAskedAnything: Bool { permission.mayBeAskedAnything }
  func mayBeAsked(_ method: String) -> Bool { permission.mayBeAsked(method, by: channel) }

  /// Takes one of the messages that he may send, or says how long there is none.
  func turn() -> Duration? { meter.take(identity, permission) }

  /// Something of his was answered, or refused: at the door it is known how much is.
  func countAnswer() { meter.countAnswer() }
  func countRefusal() { meter.countRefusal() }

  /// Throws when he may not ask that.
  func checkMayRequest(_ method: String, byteCount: Int) throws(DoorFault) {
    try check(permission.mayRequest(method, of: channel), byteCount)
  }

  /// Throws when he may not tell that.
  func checkMayTell(_ event: String, byteCount: Int) throws(DoorFault) {
    try check(permission.mayTell(event, to: channel), byteCount)
  }

  /// Throws when he has nothing to do with the channel: then there is none for him.
  func checkMayUse() throws(DoorFault) {
    if !permission.mayUse(channel) { throw .noChannel }
  }

  private func check(_ isAllowed: Bool, _ byteCount: Int) throws(DoorFault) {
    try checkMayUse()
    guard isAllowed else { throw DoorFault(.forbidden, "refused", "this is not for you") }
    if let most = permission.mostBytes, byteCount > most {
      throw DoorFault(.tooLarge, "too-large", "a message has \(most) bytes at most")
    }
  }
}
