// What the peer does with inotify, mostly inside a user namespace with limits of its own.

internal import Glibc
internal import LinuxIO

/// `inotify-open`: takes the instance and says its descriptor.
func inotifyOpen(_ arguments: [String]) throws {
  let inotify = try Inotify()
  print("open \(inotify.descriptor)")
}

/// `inotify-fill DIRECTORY COUNT`: watches so many new directories or until one is refused; then shows that the
/// instance still works, by giving one watch back and adding another.
func inotifyFill(_ arguments: [String]) throws {
  let inotify = try Inotify()
  let directory = arguments[0]
  var watches: [Int32] = []
  for number in 0..<(Int(arguments[1]) ?? 0) {
    let path = "\(directory)/\(number)"
    guard unsafe mkdir(path, 0o700) == 0 else { throw SystemError("mkdir", on: path, code: errno) }
    do {
      watches.append(try inotify.add(path: path, [.created, .onlyDirectory]))
    } catch {
      print("refused after \(watches.count): \(error)")
      print("removed: \(inotify.remove(watches[0]))")
      print("added again: \(try inotify.add(path: path, [.created, .onlyDirectory]) > 0)")
      return
    }
  }
  print("all \(watches.count) watched")
}

/// `inotify-follow DIRECTORY`: says "watching", then each event until the one that ends the watch.
func inotifyFollow(_ arguments: [String]) throws {
  let inotify = try Inotify()
  let watch = try inotify.add(path: arguments[0], [.created, .movedTo, .selfDeleted, .selfMoved, .onlyDirectory])
  print("watching")
  // At once, since whoever reads this acts upon it.
  fflush(nil)
  var events: [InotifyEvent] = []
  while try Readiness.wait(on: [inotify.descriptor], for: .seconds(30)) != .timedOut {
    while try inotify.drain(into: &events) {}
    for event in events {
      // Kernels differ in whether they call a watched directory one.
      let mask = event.mask.subtracting(.isDirectory)
      print(event.watch == watch ? "own" : "other", String(mask.rawValue, radix: 16), event.nameText ?? "?")
      if event.endsWatch { return }
    }
    events = []
  }
  print("nothing came")
}

/// `inotify-record DIRECTORY`: writes what a raw inotify descriptor gives in a few situations, for the decoder's tests.
func inotifyRecord(_ arguments: [String]) throws {
  let target = arguments[0]
  var template = Array("/tmp/inotify-record-XXXXXX".utf8CString)
  let scratch = unsafe template.withUnsafeMutableBufferPointer { buffer -> String? in
    guard let start = buffer.baseAddress, unsafe mkdtemp(start) != nil else { return nil }
    return unsafe String(cString: start)
  }
  guard let scratch else { throw SystemError("mkdtemp", code: errno) }

  func touch(_ name: [UInt8]) {
    let path = (Array(scratch.utf8) + [UInt8(ascii: "/")] + name + [0]).map { CChar(bitPattern: $0) }
    close(unsafe open(path, O_CREAT | O_WRONLY, 0o600))
  }
  func record(_ name: String, _ mask: InotifyMask, of path: String, _ changes: () -> Void) throws {
    let descriptor = OwnedDescriptor(taking: inotify_init1(Int32(IN_NONBLOCK)))
    _ = unsafe inotify_add_watch(descriptor.number, path, mask.rawValue)
    changes()
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor.number, $0.baseAddress, $0.count) }
    guard count > 0, let file = unsafe fopen("\(target)/\(name).bin", "w") else {
      throw SystemError("record", on: name, code: errno)
    }
    unsafe fwrite(bytes, 1, count, file)
    unsafe fclose(file)
  }

  try record("rename", [.created, .movedFrom, .movedTo, .closedAfterWriting, .deleted], of: scratch) {
    touch(Array("window.tmp".utf8))
    _ = unsafe rename("\(scratch)/window.tmp", "\(scratch)/window.json")
    _ = unsafe unlink("\(scratch)/window.json")
  }
  try record("names", .created, of: scratch) {
    touch([UInt8(ascii: "a")])
    touch([UInt8](repeating: UInt8(ascii: "n"), count: 255))
    touch(Array("two\nlines".utf8))
    touch([0xff, 0xfe, 0x80])
    // Fifteen and sixteen bytes: padded by one NUL, and by a whole row of them.
    touch(Array("fifteen-bytes-x".utf8))
    touch(Array("sixteen-bytes-xx".utf8))
  }
  let inner = "\(scratch)/inner"
  _ = unsafe mkdir(inner, 0o700)
  try record("self", [.selfMoved, .selfDeleted], of: inner) {
    _ = unsafe rename(inner, "\(scratch)/moved")
    _ = unsafe rmdir("\(scratch)/moved")
  }
}
