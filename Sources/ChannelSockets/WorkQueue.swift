// What waits to be run, in its order.

/// First in, first out.
struct WorkQueue {
  private var works: [LoopWork] = []
  private var head = 0

  var isEmpty: Bool { head == works.count }
  var count: Int { works.count - head }

  mutating func append(_ work: LoopWork) {
    works.append(work)
  }

  /// Takes all of another queue, which is empty afterwards.
  mutating func takeAll(of other: inout Self) {
    if other.isEmpty { return }
    if isEmpty {
      works.removeAll(keepingCapacity: true)
      head = 0
      // Both keep their room.
      swap(&self, &other)
    } else {
      works.append(contentsOf: other.works[other.head...])
      other.works.removeAll(keepingCapacity: true)
      other.head = 0
    }
  }

  mutating func pop() -> LoopWork? {
    guard head < works.count else { return nil }
    let work = works[head]
    head += 1
    if head == works.count {
      works.removeAll(keepingCapacity: true)
      head = 0
    } else if head == 1_024 {
      // Under load it may never be empty.
      works.removeFirst(head)
      head = 0
    }
    return work
  }
}
