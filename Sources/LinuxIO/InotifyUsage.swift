// Who uses up the limits of inotify.

internal import Glibc

/// The inotify instances of one process, and their watches.
package struct InotifyUsage: Hashable, Sendable {
  package let process: Int32
  /// The name of its program, as the kernel has it: 15 bytes that the process may choose.
  package let name: String
  /// The user that the kernel counts them for, as far as that shows: who runs the process.
  package let user: UInt32
  package let instances: Int
  package let watches: Int

  package init(process: Int32, name: String, user: UInt32, instances: Int, watches: Int) {
    self.process = process
    self.name = name
    self.user = user
    self.instances = instances
    self.watches = watches
  }

  /// What a look at all processes has shown.
  package struct Survey: Hashable, Sendable {
    /// Those that have an instance.
    package var usages: [InotifyUsage] = []
    /// How many processes did not let us look.
    package var hiddenCount = 0
  }

  /// Looks at every process that can be seen from here; those that end meanwhile are left out.
  package static func survey() throws(FileError) -> Survey {
    let processes = try Directory.open("/proc")
    var survey = Survey()
    for name in try asFileError({ () throws(SystemError) in try processes.names() }) {
      guard let process = Int32(name), let facts = try? processes.facts(of: name) else { continue }
      guard let numbers = instances(of: process, &survey) else { continue }
      var watches = 0
      for number in numbers {
        // Some hundred bytes a watch, and there may be 100,000 and more.
        guard let text = try? ProcFile.allBytes(of: "/proc/\(process)/fdinfo/\(number)") else { continue }
        watches += watchCount(in: text)
      }
      guard !numbers.isEmpty else { continue }
      survey.usages.append(
        InotifyUsage(
          process: process,
          name: programName(of: process),
          user: facts.owner,
          instances: numbers.count,
          watches: watches
        )
      )
    }
    return survey
  }

  /// How many watches the text of an instance in `fdinfo` lists.
  static func watchCount(in text: [UInt8]) -> Int {
    let start = Array("inotify wd:".utf8)
    return text.split(separator: UInt8(ascii: "\n")).count { $0.starts(with: start) }
  }

  /// The descriptors that are inotify instances; nil where it may not be looked at, which is counted, or has ended.
  private static func instances(of process: Int32, _ survey: inout Survey) -> [String]? {
    let path = "/proc/\(process)/fd"
    do throws(FileError) {
      let opened = try Directory.open(path)
      let numbers = try asFileError { () throws(SystemError) in try opened.names() }
      return numbers.filter { leadsToInotify("\(path)/\($0)") }
    } catch {
      if case .system(let error) = error, error.code == EACCES || error.code == EPERM { survey.hiddenCount += 1 }
      return nil
    }
  }

  private static func leadsToInotify(_ path: String) -> Bool {
    var target = [CChar](repeating: 0, count: 32)
    let count = unsafe readlink(path, &target, target.count)
    return count > 0 && target.prefix(count).map(UInt8.init(bitPattern:)).elementsEqual("anon_inode:inotify".utf8)
  }

  private static func programName(of process: Int32) -> String {
    let bytes = (try? ProcFile.bytes(of: "/proc/\(process)/comm", limit: 64)) ?? []
    return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }
}
