// What comes of ciphertext.

/// What an engine has to tell, in the order in which it happens.
package enum TLSEvent: Sendable, Hashable {
  /// The handshake is complete. Of a server, a client may yet hear that it does not want it: that comes as a failure.
  case secured(TLSPeer)
  /// These came, at least one.
  case received([UInt8])
  /// The other end has said that nothing more comes.
  case ended
  /// Nothing more comes and nothing can be sent.
  case failed(TLSError)
}
