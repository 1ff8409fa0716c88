// What some may do.

internal import ChannelModel

/// One of a policy's rules: whom it is about, and what they may do.
///
/// What it does not limit is free. An empty list lets nothing of its kind through, so that a rule can also shut
/// somebody out whom a later one would let in.
package struct AccessRule: Hashable, Sendable {
  /// Why something is no rule.
  package enum Fault: Error, Hashable, Sendable {
    case noSubject
    case subject(String, AccessSubject.Fault)
    case emptyPattern
    case unusableRate
    case unusableByteCount
  }

  package let subjects: [AccessSubject]
  package let permission: AccessPermission

  /// Each pattern is a name in which `*` stands for anything.
  package init(
    for subjects: [String],
    channels: [String] = ["*"],
    methods: [String] = ["*"],
    events: [String] = ["*"],
    directions: Set<AccessDirection> = [.inward, .outward],
    requestsPerSecond: Double? = nil,
    mostBytes: Int? = nil
  ) throws(Fault) {
    guard !subjects.isEmpty else { throw .noSubject }
    guard (channels + methods + events).allSatisfy({ !$0.isEmpty }) else { throw .emptyPattern }
    guard requestsPerSecond.map({ $0 > 0 && $0.isFinite }) ?? true else { throw .unusableRate }
    guard mostBytes.map({ $0 > 0 }) ?? true else { throw .unusableByteCount }
    var all: [AccessSubject] = []
    for text in subjects {
      do throws(AccessSubject.Fault) {
        all.append(try AccessSubject(text))
      } catch {
        throw .subject(text, error)
      }
    }
    self.subjects = all
    permission = AccessPermission(
      channels: channels.map(MethodPattern.init),
      methods: methods.map(MethodPattern.init),
      events: events.map(MethodPattern.init),
      directions: directions,
      requestsPerSecond: requestsPerSecond,
      mostBytes: mostBytes
    )
  }

  /// One that lets some do everything.
  init(everythingFor subjects: [AccessSubject]) {
    self.subjects = subjects
    let everything = [MethodPattern("*")]
    permission = AccessPermission(
      channels: everything,
      methods: everything,
      events: everything,
      directions: Set(AccessDirection.allCases),
      requestsPerSecond: nil,
      mostBytes: nil
    )
  }
}

extension AccessRule.Fault: CustomStringConvertible {
  /// In plain words, and with what to write.
  package var description: String {
    switch self {
    case .noSubject: "it is about nobody (name a token or a certificate, user:NUMBER, * or anonymous)"
    case .subject(let text, let fault): "\"\(QuotedText.of(text))\": \(fault)"
    case .emptyPattern: "a pattern is empty (write * for any name)"
    case .unusableRate: "the requests a second are no number above 0 (leave it out for any number)"
    case .unusableByteCount: "the bytes of a message are no number above 0 (leave it out for any number)"
    }
  }
}
