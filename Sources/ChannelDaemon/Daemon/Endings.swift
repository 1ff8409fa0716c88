// What is being ended.

/// Endings of things of which only one at a time may be at a place: whoever comes there next waits for the one before.
struct Endings<Place: Hashable & Sendable> {
  /// One of several at a place, told from the others by its number.
  struct Turn: Sendable {
    let place: Place
    let number: Int
    /// What was being ended there already.
    let former: Task<Void, Never>?
  }

  private var last: [Place: (number: Int, task: Task<Void, Never>)] = [:]
  private var count = 0

  /// What whoever comes to a place has to wait for; nil when nothing is being ended there.
  subscript(place: Place) -> Task<Void, Never>? { last[place]?.task }

  /// All that is being ended now.
  var tasks: [Task<Void, Never>] { last.values.map(\.task) }

  /// The next turn at a place, which is begun with the task that waits for the former one, ends the thing, and tells here
  /// that it is done.
  mutating func next(at place: Place) -> Turn {
    count += 1
    return Turn(place: place, number: count, former: last[place]?.task)
  }

  mutating func begin(_ turn: Turn, _ task: Task<Void, Never>) {
    last[turn.place] = (turn.number, task)
  }

  /// The place is free, unless something else is being ended there by now.
  mutating func finish(_ turn: Turn) {
    if last[turn.place]?.number == turn.number { last[turn.place] = nil }
  }
}
