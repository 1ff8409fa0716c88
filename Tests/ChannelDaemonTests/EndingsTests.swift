import Testing

@testable import ChannelDaemon

/// What is ended at one place is ended one after the other.
struct EndingsTests {
  @Test func aPlaceIsFreeOnceTheLastOneThereHasEnded() async {
    var endings = Endings<String>()
    let first = endings.next(at: "a")
    #expect(first.former == nil && endings["a"] == nil)
    endings.begin(first, Task {})
    let second = endings.next(at: "a")
    #expect(second.former != nil && second.former == endings["a"])
    endings.begin(second, Task {})
    endings.finish(first)
    #expect(endings["a"] != nil && endings["a"] != second.former && endings.tasks.count == 1)
    endings.finish(second)
    #expect(endings["a"] == nil && endings.tasks.isEmpty)
  }

  @Test func placesHaveNothingToDoWithEachOther() {
    var endings = Endings<Int>()
    for place in 0..<3 { endings.begin(endings.next(at: place), Task {}) }
    let turn = endings.next(at: 3)
    #expect(turn.former == nil && endings.tasks.count == 3)
    endings.finish(turn)
    #expect(endings.tasks.count == 3)
  }
}
