// Sockets that a supervisor has opened for bridges and doors.

internal import ChannelBridge
internal import LinuxIO
internal import Transom

/// What whoever started the daemon has opened for its bridges and doors: a door called `web` listens at the descriptor
/// `door-web`, and a bridge called `store` at `bridge-store`.
///
/// They are kept for as long as the daemon lives, and bridges and doors have copies of them: so one that goes with a
/// configuration finds its own again with the next.
struct LentSockets: Sendable {
  private let entries: [ActivatedDescriptors.Entry]

  init(_ activated: ActivatedDescriptors?) {
    entries = activated?.entries ?? []
  }

  static func name<Setting: ListeningSetting>(for setting: Setting) -> String { prefix(Setting.table) + setting.name }

  private static func prefix(_ table: NamedTable) -> String { "\(table.rawValue)-" }

  /// The one of a bridge or a door; nil where it listens by itself, or does not listen.
  func descriptor(for setting: some ListeningSetting) -> Int32? {
    setting.isListening ? entry(named: Self.name(for: setting))?.number : nil
  }

  /// Several sockets of a unit have one name where each has none of its own; of those the first counts.
  private func entry(named name: String) -> ActivatedDescriptors.Entry? { entries.first { $0.name == name } }

  /// Where a bridge or a door is: what is spoken there is as the configuration says, also where the socket is somebody else's.
  ///
  /// - Throws: A `ChannelError` when nobody can come there, or when anybody could come in whom the configuration does not
  ///   know of: it is judged by where the socket is.
  func address<Setting: ListeningSetting>(of setting: Setting) throws(ChannelError) -> PeerAddress {
    guard let number = descriptor(for: setting) else { return setting.address }
    let (name, schemes) = (Self.name(for: setting), setting.address.schemes)
    guard let place = SocketAddress.own(of: number), place.family != .other, ListeningSocket.isListening(number) else {
      let hint = "give ListenStream= a path or a port in the socket unit, without Accept="
      throw ChannelError(.misuse, at: name, "the descriptor is no socket that takes connections", hint: hint)
    }
    guard let address = setting.address.spoken(at: place) else {
      // Messages are spoken in plain where a path is, and doors speak HTTP everywhere.
      let scheme = setting.address.isDoor ? schemes.plain : "unix:"
      let hint = "write listen = \"\(scheme)…\" for the \(Setting.table.rawValue), or give ListenStream= a port"
      throw ChannelError(.misuse, at: name, "\(setting.address) cannot be spoken at \(place)", hint: hint)
    }
    let isGuarded = address.isGuarded(
      byCertificates: setting.files.authorities != nil,
      byTokens: setting.asksForTokens
    )
    guard isGuarded || setting.isUnprotected else {
      let proof = setting.address.isDoor ? "tokens or ca" : "ca"
      let hint = "give ListenStream= a path or 127.0.0.1, or let it be \(schemes.secured) with \(proof)"
      let intent = "unprotected = true if you mean it"
      throw ChannelError(.misuse, at: name, "anybody could come in at \(address)", hint: "\(hint); \(intent)")
    }
    return address
  }

  /// Why everybody on this machine may come to a bridge, which asks nobody who he is, unless it is meant so; nil where not
  /// everybody may.
  func exposure(of bridge: BridgeSetting) -> ChannelError? {
    guard let number = descriptor(for: bridge), !bridge.isUnprotected, bridge.files.authorities == nil else {
      return nil
    }
    guard let place = SocketAddress.own(of: number).map({ "\($0)" }), place.hasPrefix("/") else { return nil }
    guard let cut = place.lastIndex(of: "/"), let folder = try? Directory.open("\(place[..<cut])/.") else { return nil }
    guard let facts = try? folder.facts(of: String(place[cut...].dropFirst())), facts.permissions & 0o002 != 0 else {
      return nil
    }
    let hint = "write SocketMode=0600 into the socket unit, or unprotected = true if you mean it"
    return ChannelError(.misuse, at: place, "every user of this machine may write to the socket", hint: hint)
  }

  // MARK: Those that are for nobody

  /// Those that nobody has a use for, each with what to do about it.
  func unclaimed(by configuration: Configuration) -> [(entry: ActivatedDescriptors.Entry, advice: String)] {
    let bridges = configuration.bridges.filter(\.isListening).map { Self.name(for: $0) }
    let doors = configuration.doors.map { Self.name(for: $0) }
    let names = ["admin"] + (configuration.metrics == nil ? [] : ["metrics"]) + bridges + doors
    let claimed = names.compactMap { entry(named: $0)?.number }
    return entries.filter { !claimed.contains($0.number) }.map { entry in
      let isOfBridge = configuration.bridges.contains { Self.name(for: $0) == entry.name }
      return (entry, Self.advice(for: entry, names, isOfBridge: isOfBridge))
    }
  }

  private static func advice(
    for entry: ActivatedDescriptors.Entry,
    _ names: [String],
    isOfBridge: Bool
  ) -> String {
    if names.contains(entry.name) {
      return "another one has that name: put it into a socket unit of its own, for a door or bridge of its own"
    }
    // One that is there and has no claim connects.
    if isOfBridge { return "write listen in place of connect for that [[bridge]]" }
    if entry.name == "metrics" { return "write [metrics] into the configuration" }
    for (table, keys) in [(NamedTable.door, ""), (.bridge, " and listen = \"unix:PATH\"")] {
      let name = entry.name.dropFirst(prefix(table).count)
      guard entry.name.hasPrefix(prefix(table)), !name.isEmpty else { continue }
      return "write a [[\(table.rawValue)]] with name = \"\(name)\"\(keys)"
    }
    let named = "for the [[door]] or [[bridge]] of that name"
    return "write FileDescriptorName=door-NAME or bridge-NAME \(named), admin or metrics"
  }
}
