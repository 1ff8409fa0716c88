// Sockets that a supervisor has opened for doors.

internal import ChannelBridge
internal import LinuxIO
internal import Transom

/// What whoever started the daemon has opened for its doors: one called `web` listens at the descriptor `door-web`.
///
/// They are kept for as long as the daemon lives, and doors have copies of them: so one that goes with a configuration
/// finds its own again with the next.
struct LentSockets: Sendable {
  private let entries: [ActivatedDescriptors.Entry]

  init(_ activated: ActivatedDescriptors?) {
    entries = activated?.entries ?? []
  }

  static func name(for door: DoorSetting) -> String { "door-\(door.name)" }

  /// The one of a door; nil where the door listens by itself.
  func descriptor(for door: DoorSetting) -> Int32? { entry(named: Self.name(for: door))?.number }

  /// Several sockets of a unit have one name where each has none of its own; of those the first counts.
  private func entry(named name: String) -> ActivatedDescriptors.Entry? { entries.first { $0.name == name } }

  /// Where a door is: what is spoken there is as the configuration says, also where the socket is somebody else's.
  ///
  /// - Throws: A `ChannelError` when there can be no door, or when it would let anybody in whom the configuration does not
  ///   know of: it is judged by where the socket is.
  func address(of door: DoorSetting) throws(ChannelError) -> PeerAddress {
    guard let number = descriptor(for: door) else { return door.address }
    let name = Self.name(for: door)
    guard let place = SocketAddress.own(of: number), place.family != .other, ListeningSocket.isListening(number) else {
      let hint = "give ListenStream= a path or a port in the socket unit, without Accept="
      throw ChannelError(.misuse, at: name, "the descriptor is no socket that takes connections", hint: hint)
    }
    let schemes = door.address.schemes
    guard let address = try? PeerAddress((door.address.isSecure ? schemes.secured : schemes.plain) + "\(place)") else {
      let hint = "write listen = \"http:…\" for the door, or give ListenStream= a port"
      throw ChannelError(.misuse, at: name, "\(door.address) cannot be spoken at \(place)", hint: hint)
    }
    let isGuarded = address.isGuarded(
      byCertificates: door.files.authorities != nil,
      byTokens: door.tokens != nil
    )
    guard isGuarded || door.isUnprotected else {
      let hint = "give ListenStream= a path or 127.0.0.1, or let it be https: with tokens or ca; unprotected = true"
      throw ChannelError(.misuse, at: name, "anybody could come in at \(address)", hint: "\(hint) if you mean it")
    }
    return address
  }

  /// Those that nobody has a use for, each with what to do about it.
  func unclaimed(by configuration: Configuration) -> [(entry: ActivatedDescriptors.Entry, advice: String)] {
    let names = ["admin"] + (configuration.metrics == nil ? [] : ["metrics"]) + configuration.doors.map(Self.name)
    let claimed = names.compactMap { entry(named: $0)?.number }
    return entries.filter { !claimed.contains($0.number) }.map { ($0, Self.advice(for: $0, names)) }
  }

  private static func advice(for entry: ActivatedDescriptors.Entry, _ names: [String]) -> String {
    if names.contains(entry.name) {
      return
        "another one has that name: put it into a socket unit of its own, for a door of its own"
    }
    if entry.name == "metrics" { return "write [metrics] into the configuration" }
    if entry.name.hasPrefix("door-"), entry.name.utf8.count > 5 {
      return "write a [[door]] with name = \"\(entry.name.dropFirst(5))\""
    }
    return "write FileDescriptorName=door-NAME for the [[door]] of that name, admin or metrics"
  }
}
