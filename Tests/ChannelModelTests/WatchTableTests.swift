import TestSupport
import Testing

@testable import ChannelModel

@Suite struct WatchTableTests {
  typealias Table = WatchTable
  static let ui = ChannelNumber(1)
  static let db = ChannelNumber(2)

  static var table: Table {
    var table = Table()
    _ = table.add(1, for: Self.ui, .channel)
    _ = table.add(2, for: Self.ui, .journal(.backendToFrontend))
    _ = table.add(3, for: Self.db, .channel)
    return table
  }

  static let meanings: [(Int32, Table.Event, Table.Change?)] = [
    (1, .movedIn(name: Array("backend_to_frontend.json".utf8)), .window(Self.ui, .backendToFrontend)),
    (3, .closedAfterWriting(name: Array("frontend_to_backend.json".utf8)), .window(Self.db, .frontendToBackend)),
    (1, .opened(name: Array("frontend_to_backend.json".utf8)), .windowOpened(Self.ui, .frontendToBackend)),
    (1, .closedAfterWriting(name: Array("backend_to_frontend.lock".utf8)), nil),
    (1, .movedIn(name: Array("backend_to_frontend.tmp".utf8)), nil),
    (1, .opened(name: Array("backend_to_frontend.lock".utf8)), nil),
    (1, .deleted(name: Array(".transom".utf8)), .rearm(Self.ui, .channel)),
    (2, .modified(name: Array("00000000000000000001.seg".utf8)), .journalGrew(Self.ui, .backendToFrontend)),
    (2, .movedIn(name: Array("00000000000000000007.seg".utf8)), .segments(Self.ui, .backendToFrontend)),
    (2, .modified(name: Array("lock".utf8)), nil),
    (2, .deleted(name: Array("lock".utf8)), .rearm(Self.ui, .journal(.backendToFrontend))),
    (2, .movedIn(name: Array("7.tmp".utf8)), nil),
    (1, .directoryDeleted, .rearm(Self.ui, .channel)),
    (2, .directoryMoved, .rearm(Self.ui, .journal(.backendToFrontend))),
    (3, .unmounted, .rearm(Self.db, .channel)),
    (9, .movedIn(name: Array("backend_to_frontend.json".utf8)), nil),
  ]

  @Test(arguments: meanings) func saysWhatToLookAt(_ number: Int32, _ event: Table.Event, _ change: Table.Change?) {
    var table = Self.table
    #expect(table.apply(event, of: number) == [change].compactMap(\.self))
  }

  @Test func anIgnoredWatchIsForgottenAndArmedAnew() {
    var table = Self.table
    #expect(table.apply(.ignored, of: 1) == [.rearm(Self.ui, .channel)])
    #expect(table.number(of: Self.ui, .channel) == nil)
    #expect(table.apply(Self.shown, of: 1) == [])
    #expect(table.add(7, for: Self.ui, .channel) == nil)
    #expect(table.apply(Self.shown, of: 7) == [.window(Self.ui, .backendToFrontend)])
  }

  static let shown = Table.Event.movedIn(name: Array("backend_to_frontend.json".utf8))

  @Test func aNumberThatComesAgainServesAllWhoAddedIt() {
    var table = Self.table
    #expect(table.add(1, for: Self.db, .channel) == 3)
    let both: [Table.Change] = [.window(Self.ui, .backendToFrontend), .window(Self.db, .backendToFrontend)]
    #expect(table.apply(Self.shown, of: 1) == both)
    #expect(table.apply(Self.shown, of: 3) == [])
    #expect(table.remove(Self.ui, .channel) == nil)
    #expect(table.apply(Self.shown, of: 1) == [.window(Self.db, .backendToFrontend)])
    #expect(table.remove(Self.db) == [1])
    #expect(table.apply(Self.shown, of: 1) == [])
  }

  @Test func theEndOfASharedWatchIsToldToAllItServed() {
    var table = Self.table
    _ = table.add(1, for: Self.db, .channel)
    #expect(table.apply(.ignored, of: 1) == [.rearm(Self.ui, .channel), .rearm(Self.db, .channel)])
    #expect(table.remove(Self.db) == [])
    #expect(table.remove(Self.ui) == [2])
  }

  @Test func aPlaceThatIsAddedAgainWithItsNumberIsServedOnce() {
    var table = Self.table
    #expect(table.add(1, for: Self.ui, .channel) == nil)
    #expect(table.apply(Self.shown, of: 1) == [.window(Self.ui, .backendToFrontend)])
  }

  @Test func removingAChannelNamesItsWatches() {
    var table = Self.table
    #expect(Set(table.remove(Self.ui)) == [1, 2])
    #expect(table.count == 1)
  }

  @Test func anOverflowMeansLookingAtEverything() {
    #expect(Self.table.overflowed() == .rescanAll)
  }
}

extension WatchTable {
  fileprivate mutating func apply(_ event: Event, of number: Int32) -> [Change] {
    var changes: [Change] = []
    apply(event, of: number, to: &changes)
    return changes
  }
}
