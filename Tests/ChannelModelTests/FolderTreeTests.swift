import ChannelModel
import TestSupport
import Testing

@Suite struct FolderTreeTests {
  private typealias Listing = FolderTree.Listing

  private static func identity(_ number: UInt64) -> FolderTree.Identity {
    FolderTree.Identity(device: 1, inode: number)
  }

  /// A root with `a`, in which there are the channels `x` and `y`, and the channel `b`.
  private static var tree: FolderTree {
    var tree = FolderTree()
    _ = tree.update("/r", identity(1), Listing(children: ["a", "b"]))
    _ = tree.update("/r/a", identity(2), Listing(children: ["x", "y"]))
    _ = tree.update("/r/b", identity(3), Listing(isChannel: true))
    _ = tree.update("/r/a/x", identity(4), Listing(isChannel: true))
    _ = tree.update("/r/a/y", identity(5), Listing(isChannel: true))
    return tree
  }

  @Test func whatIsNewIsToBeLookedAtOnce() {
    var tree = FolderTree()
    #expect(tree.update("/r", Self.identity(1), Listing(children: ["b", "a"])).new == ["a", "b"])
    for (number, name) in ["a", "b"].enumerated() {
      _ = tree.update("/r/\(name)", Self.identity(UInt64(number) + 2), Listing())
    }
    #expect(tree.update("/r", Self.identity(1), Listing(children: ["b", "a", "c"])).new == ["c"])
    // What could not be looked at is to be looked at again.
    #expect(tree.update("/r", Self.identity(1), Listing(children: ["b", "a", "c"])).new == ["c"])
    #expect(tree.children(of: "/r") == ["a", "b", "c"])
  }

  @Test func whatLeftIsLostWithAllBelowIt() {
    var tree = Self.tree
    let change = tree.update("/r", Self.identity(1), Listing(children: ["b"]))
    #expect(Set(change.lost) == ["/r/a", "/r/a/x", "/r/a/y"])
    #expect(Set(change.lostChannels) == ["/r/a/x", "/r/a/y"])
    #expect(tree.channels == ["/r/b"] && tree.count == 2)
  }

  @Test func anotherDirectoryUnderOneNameIsNotTheOneBefore() {
    var tree = Self.tree
    let change = tree.update("/r/a", Self.identity(9), Listing(children: ["x"]))
    #expect(Set(change.lostChannels) == ["/r/a/x", "/r/a/y"])
    #expect(change.new == ["x"])
    #expect(tree.identity(of: "/r/a") == Self.identity(9))
  }

  @Test func aDirectoryBecomesAChannelAndCeasesToBeOne() {
    var tree = FolderTree()
    #expect(tree.update("/r", Self.identity(1), Listing()).isNowChannel == nil)
    #expect(tree.update("/r", Self.identity(1), Listing(isChannel: true)).isNowChannel == true)
    #expect(tree.isChannel("/r"))
    #expect(tree.update("/r", Self.identity(1), Listing()).isNowChannel == false)
    #expect(tree.update("/r", Self.identity(1), Listing()).isNowChannel == nil)
  }

  @Test func namesAreJoinedBelowTheRootOfAllAsWell() {
    #expect(FolderTree.path(of: "a", in: "/") == "/a" && FolderTree.path(of: "a", in: "/b") == "/b/a")
  }

  /// Whatever is found in whatever order: what is known is what was found last, and each channel was told as often as it
  /// was lost, or once more while it is there.
  @Test(arguments: 0..<50) func whatIsToldAddsUp(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var tree = FolderTree()
    var there: [String: Int] = [:]
    for _ in 0..<300 {
      let path =
        "/"
        + (0...Int.random(in: 0...2, using: &random)).map { _ in "\(Int.random(in: 0...2, using: &random))" }
        .joined(separator: "/")
      let listing = Listing(
        isChannel: .random(using: &random),
        children: Set((0...2).map(String.init).filter { _ in .random(using: &random) })
      )
      let change: FolderTree.Change
      if Int.random(in: 0..<6, using: &random) == 0 {
        change = tree.remove(path)
      } else {
        change = tree.update(path, Self.identity(.random(in: 0..<3, using: &random)), listing)
      }
      for lost in change.lostChannels { there[lost, default: 0] -= 1 }
      if let isChannel = change.isNowChannel { there[path, default: 0] += isChannel ? 1 : -1 }
      #expect(there.values.allSatisfy { $0 == 0 || $0 == 1 })
      #expect(Set(there.filter { $0.value == 1 }.keys) == tree.channels)
    }
  }
}
