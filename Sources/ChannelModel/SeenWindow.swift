// A window that was read, and whose messages are in it.

package import ChannelMessages

/// A window with who its elements are; what was known of the one before is not found out again.
package struct SeenWindow: Sendable {
  package enum Sight: Sendable {
    case blank
    case seen(SeenWindow)
    case torn(JSONError)
  }

  package let window: Window
  /// As many as there are elements; nil for those that are no messages.
  package let identities: [ElementIdentity?]

  package static let empty = SeenWindow(window: .empty, identities: [])

  /// More elements than that are new only when the window is another one.
  private static let freshLimit = 64

  /// Reads a file's bytes.
  package static func look(
    at bytes: [UInt8],
    knowing former: SeenWindow?,
    as ids: OwnIDs,
    limits: JSONLimits = .standard
  ) -> Sight {
    if let former, let (window, keptCount) = former.window.continued(in: bytes, limits: limits),
      window.elements.count - keptCount <= freshLimit
    {
      var identities: [ElementIdentity?] = []
      identities.reserveCapacity(window.elements.count)
      identities += former.identities.suffix(keptCount)
      for element in window.elements[keptCount...] {
        guard let fresh = identity(of: element, in: bytes, ids, beside: identities) else {
          return .seen(SeenWindow(window: window, identities: window.identities(in: ids.direction, key: ids.key)))
        }
        identities.append(fresh.identity)
      }
      return .seen(SeenWindow(window: window, identities: identities))
    }
    switch Window.look(at: bytes, limits: limits) {
    case .blank: return .blank
    case .torn(let error): return .torn(error)
    case .window(let window):
      return .seen(SeenWindow(window: window, identities: window.identities(in: ids.direction, key: ids.key)))
    }
  }

  /// Who an element is; nil when there is one equal to it, of which only the whole window tells which is which.
  private static func identity(
    of element: MessageElement,
    in bytes: [UInt8],
    _ ids: OwnIDs,
    beside others: [ElementIdentity?]
  ) -> (identity: ElementIdentity?, Void)? {
    guard let message = element.message, element.isWithinRecord else { return (nil, ()) }
    if let number = Window.ownNumber(of: message, in: bytes, ids.direction, ids.key) { return (.own(number), ()) }
    let identity = ElementIdentity.foreign(ids.key.memory(of: ForeignTraits(message, in: bytes), place: 0))
    return others.contains(identity) ? nil : (identity, ())
  }

  /// Who the elements are as a 1.0 peer meets them: nil also for a message that it could not read, so that it leaves.
  package var identitiesForPeers: [ElementIdentity?] {
    guard !window.isReadableToPeers else { return identities }
    return zip(window.elements, identities).map { element, identity in
      element.message?.hazard == nil ? identity : nil
    }
  }
}
