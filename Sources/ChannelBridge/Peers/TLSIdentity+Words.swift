// Whoever has shown a certificate, for people.

internal import ChannelSockets

extension TLSIdentity {
  /// What it is called by people.
  var text: String? { commonName ?? names.first ?? identifiers.first }
}
