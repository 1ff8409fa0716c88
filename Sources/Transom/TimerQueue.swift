// Deeds in the order of their moments.

internal import ChannelModel

/// A heap of deeds that knows where each of them stands, so that one that is cancelled is gone at once: most timers are
/// time-outs of requests that were answered.
struct TimerQueue {
  typealias Deed = @Sendable () -> Void

  /// Names a deed; of no meaning once that was taken or cancelled, even when its slot is used again.
  struct Ticket: Hashable, Sendable {
    fileprivate let slot: Int
    fileprivate let generation: UInt64
  }

  private struct Entry {
    let moment: Moment
    /// Deeds of one moment are done in the order in which they came.
    let order: UInt64
    let slot: Int

    func isBefore(_ other: Entry) -> Bool { (moment, order) < (other.moment, other.order) }
  }

  private struct Slot {
    var position = 0
    var generation: UInt64 = 0
    var deed: Deed?
  }

  private var heap: [Entry] = []
  private var slots: [Slot] = []
  private var freeSlots: [Int] = []
  private var order: UInt64 = 0

  var count: Int { heap.count }

  /// The moment of the first deed.
  var earliest: Moment? { heap.first?.moment }

  mutating func add(at moment: Moment, _ deed: @escaping Deed) -> Ticket {
    let slot = freeSlots.popLast() ?? slots.count
    if slot == slots.count { slots.append(Slot()) }
    slots[slot].deed = deed
    order += 1
    heap.append(Entry(moment: moment, order: order, slot: slot))
    rise(heap.count - 1)
    return Ticket(slot: slot, generation: slots[slot].generation)
  }

  /// Takes a deed out and hands it back; nil when it was taken or cancelled before.
  mutating func cancel(_ ticket: Ticket) -> Deed? {
    guard slots[ticket.slot].generation == ticket.generation else { return nil }
    return take(slots[ticket.slot].position)
  }

  /// Takes the first deed when its moment has come.
  mutating func next(due now: Moment) -> Deed? {
    guard let first = heap.first, first.moment <= now else { return nil }
    return take(0)
  }

  private mutating func take(_ position: Int) -> Deed? {
    let slot = heap[position].slot
    heap.swapAt(position, heap.count - 1)
    heap.removeLast()
    if position < heap.count {
      let moved = heap[position].slot
      rise(position)
      sink(slots[moved].position)
    }
    let deed = slots[slot].deed
    slots[slot].deed = nil
    slots[slot].generation += 1
    freeSlots.append(slot)
    return deed
  }

  private mutating func rise(_ start: Int) {
    var position = start
    let entry = heap[position]
    while position > 0 {
      let parent = (position - 1) / 2
      guard entry.isBefore(heap[parent]) else { break }
      put(heap[parent], at: position)
      position = parent
    }
    put(entry, at: position)
  }

  private mutating func sink(_ start: Int) {
    var position = start
    let entry = heap[position]
    while true {
      var child = 2 * position + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1].isBefore(heap[child]) { child += 1 }
      guard heap[child].isBefore(entry) else { break }
      put(heap[child], at: position)
      position = child
    }
    put(entry, at: position)
  }

  private mutating func put(_ entry: Entry, at position: Int) {
    heap[position] = entry
    slots[entry.slot].position = position
  }
}
