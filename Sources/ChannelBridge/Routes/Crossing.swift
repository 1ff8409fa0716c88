// What goes across a bridge in one direction.

/// Which requests and events go across, and what they are called there. Answers go where the request came from.
package struct Crossing: Hashable, Sendable {
  package var requests: [NameMapping]
  package var events: [NameMapping]

  package init(requests: [NameMapping] = [.everything], events: [NameMapping] = [.everything]) {
    self.requests = requests
    self.events = events
  }
}
