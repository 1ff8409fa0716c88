// The double of a machine that loses power proves itself: tests of durability are worth what it is worth.

import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("The power-loss double", .timeLimit(.minutes(1)))
struct PowerLossTests {
  @Test func `keeps what was there when it was made`() throws {
    try withScratchDirectory { path in
      RawFiles.makeDirectory(path + "/sub")
      RawFiles.write("old", to: path + "/sub/file")
      let power = try PowerLoss(over: path)
      try power.cut()
      #expect(RawFiles.read(path + "/sub/file") == "old")
    }
  }

  @Test func `drops a file whose name was not flushed, though its contents were`() throws {
    try withScratchDirectory { path in
      let power = try PowerLoss(over: path)
      let directory = try Directory.open(path, calls: power)
      let file = try directory.create("file")
      try file.write(Array("new".utf8).span, at: 0)
      try file.sync()
      try power.cut()
      #expect(try Directory.open(path).names() == [])
    }
  }

  @Test func `empties a file whose contents were not flushed, though its name was`() throws {
    try withScratchDirectory { path in
      let power = try PowerLoss(over: path)
      let directory = try Directory.open(path, calls: power)
      let file = try directory.create("file")
      try file.write(Array("new".utf8).span, at: 0)
      try directory.sync()
      try power.cut()
      #expect(RawFiles.read(path + "/file") == "")
    }
  }

  @Test(arguments: [false, true])
  func `keeps what was flushed, name and contents, up to the flush`(_ dataOnly: Bool) throws {
    try withScratchDirectory { path in
      let power = try PowerLoss(over: path)
      let directory = try Directory.open(path, calls: power)
      let file = try directory.create("file")
      try file.write(Array("one".utf8).span, at: 0)
      if dataOnly { try file.syncData() } else { try file.sync() }
      try directory.sync()
      try file.write(Array("two".utf8).span, at: 3)
      try power.cut()
      #expect(RawFiles.read(path + "/file") == "one")
    }
  }

  @Test func `takes back a rename, a removal and a link that were not flushed`() throws {
    try withScratchDirectory { path in
      for name in ["a", "b", "c"] { RawFiles.write(name, to: path + "/" + name) }
      let power = try PowerLoss(over: path)
      let directory = try Directory.open(path, calls: power)
      try directory.rename("a", to: "renamed", in: directory)
      try directory.unlink("b")
      try directory.link("c", to: "linked", in: directory)
      try power.cut()
      #expect(try Directory.open(path).names().sorted() == ["a", "b", "c"])
      #expect(RawFiles.read(path + "/a") == "a" && RawFiles.read(path + "/b") == "b")
    }
  }

  @Test func `keeps a rename, a removal and a link that were flushed, and one file with two names one`() throws {
    try withScratchDirectory { path in
      for name in ["a", "b", "c"] { RawFiles.write(name, to: path + "/" + name) }
      let power = try PowerLoss(over: path)
      let directory = try Directory.open(path, calls: power)
      try directory.rename("a", to: "renamed", in: directory)
      try directory.unlink("b")
      try directory.link("c", to: "linked", in: directory)
      try directory.sync()
      try power.cut()
      let after = try Directory.open(path)
      #expect(try after.names().sorted() == ["c", "linked", "renamed"])
      #expect(RawFiles.read(path + "/renamed") == "a")
      #expect(try after.facts(of: "c")?.links == 2)
    }
  }

  @Test func `of a published window keeps the old, an empty or the new one, by what was flushed`() throws {
    for flushesContents in [false, true] {
      for flushesName in [false, true] {
        try withScratchDirectory { path in
          RawFiles.makeDirectory(path + "/staging")
          RawFiles.write("old", to: path + "/window.json")
          let power = try PowerLoss(over: path)
          let bench = try Bench(path, calls: power)
          let known = try #require(try bench.directory.facts(of: "window.json")).stamp
          let staged = try bench.window.stage(
            [Array("new".utf8)[...]],
            modified: .now(),
            isFlushed: flushesContents
          )
          _ = try bench.window.publish(staged, expecting: known)
          if flushesName { try bench.directory.sync() }
          try power.cut()
          let expected = !flushesName ? "old" : flushesContents ? "new" : ""
          #expect(RawFiles.read(bench.windowPath) == expected)
        }
      }
    }
  }

  @Test func `is dead from the call that was named until the power is back`() throws {
    try withScratchDirectory { path in
      let power = try PowerLoss(over: path)
      let directory = try Directory.open(path, calls: power)
      power.fails(after: 1)
      #expect(throws: SystemError.self) { _ = try directory.create("file") }
      #expect(throws: SystemError.self) { _ = try directory.names() }
      try power.cut()
      #expect(try Directory.open(path, calls: power).names() == [])
    }
  }
}
