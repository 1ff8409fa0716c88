// What facts about the machine mean for channels.

internal import ChannelMessages
internal import LinuxIO

/// Judges a machine by facts alone.
package struct MachineDiagnosis {
  private let facts: MachineFacts

  package init(_ facts: MachineFacts) {
    self.facts = facts
  }

  /// One finding or more for everything that was looked at.
  package var findings: [Finding] {
    [usage("inotify watches", facts.watches, \.watches), usage("inotify instances", facts.instances, \.instances)]
      + otherUsers + [queuedEvents, descriptors, clock]
  }

  /// From this share of a limit on it is told before it is reached.
  private static let alarmingPercentage = 80

  // MARK: Parts

  private func usage(
    _ subject: String,
    _ limit: MachineFacts.Limit,
    _ count: KeyPath<InotifyUsage, Int>
  ) -> Finding {
    guard let usages = facts.usages else {
      return Finding(.note, subject, "who uses them cannot be told: /proc is not readable")
    }
    let own = usages.filter { $0.user == facts.user }.sorted { $0[keyPath: count] > $1[keyPath: count] }
    let used = own.reduce(0) { $0 + $1[keyPath: count] }
    let most = own.filter { $0[keyPath: count] > 0 }.prefix(3).map {
      "\($0.name) (process \($0.process)) \($0[keyPath: count])"
    }
    let users = most.isEmpty ? "" : "; most by \(most.joined(separator: ", "))"
    guard let value = limit.value else {
      return Finding(.note, subject, "\(used) used by user \(facts.user); the limit \(limit.setting) is not readable")
    }
    let what = "\(used) of \(value) used by user \(facts.user)\(users)"
    if used >= value {
      let effect = "a channel that is opened now is polled, which is slower"
      return Finding(.problem, subject, "\(what): \(effect)", fix: "as root: \(limit.remedy)")
    }
    // By division, since a limit may be as large as a number gets.
    if used >= value / 100 * Self.alarmingPercentage + value % 100 * Self.alarmingPercentage / 100 {
      return Finding(.warning, subject, "\(what): soon no more are to be had", fix: "as root: \(limit.remedy)")
    }
    return Finding(.good, subject, what)
  }

  private var otherUsers: [Finding] {
    let others = Dictionary(grouping: (facts.usages ?? []).filter { $0.user != facts.user }, by: \.user)
    var findings = others.sorted { $0.key < $1.key }.map { user, usages in
      let (watches, instances) = usages.reduce((0, 0)) { ($0.0 + $1.watches, $0.1 + $1.instances) }
      return Finding(.good, "inotify of user \(user)", "\(watches) watches in \(instances) instances, counted apart")
    }
    if facts.hiddenProcessCount > 0 {
      findings.append(
        Finding(
          .note,
          "inotify of others",
          "\(facts.hiddenProcessCount) processes do not let user \(facts.user) look",
          fix: "run transom doctor as root to see them as well"
        )
      )
    }
    return findings
  }

  private var queuedEvents: Finding {
    let subject = "inotify queue"
    let setting = "fs.inotify.max_queued_events"
    guard let value = facts.queuedEvents else { return Finding(.note, subject, "the limit \(setting) is not readable") }
    guard value >= 1_024 else {
      return Finding(
        .warning,
        subject,
        "it holds \(value) events only: under load it overflows, and then every channel is looked at anew",
        fix: "as root: sysctl -w \(setting)=16384"
      )
    }
    return Finding(.good, subject, "it holds \(value) events; should it overflow, every channel is looked at once")
  }

  private var descriptors: Finding {
    let subject = "open files"
    let limit = facts.descriptorLimit
    guard limit >= 256 else {
      return Finding(
        .warning,
        subject,
        "a program may have \(limit) open, which is soon too few: a channel that is used takes up to 25",
        fix: "ulimit -n 1024"
      )
    }
    let text = "a program may have \(limit == .max ? "any number of them" : "\(limit)") open"
    guard limit > 1_024 else { return Finding(.good, subject, text) }
    // libinotifytools waits with select(), which knows no higher numbers.
    let reach = "inotify serves a program only if it opens its first channel before its 1,024th file; else it is polled"
    return Finding(.good, subject, "\(text); \(reach)")
  }

  private var clock: Finding {
    let subject = "clock"
    // 2020: no machine that runs this is older.
    guard facts.end.wall >= .seconds(1_577_836_800) else {
      return Finding(
        .problem,
        subject,
        "it was never set: 1.0 programs judge locks and messages by it",
        fix: "as root: timedatectl set-ntp true, or date -s '...'"
      )
    }
    let step = (facts.end.wall - facts.begin.wall) - (facts.end.sinceBoot - facts.begin.sinceBoot)
    guard step < .milliseconds(50), step > .milliseconds(-50) else {
      return Finding(
        .warning,
        subject,
        "it was set by \(DurationText.text(step)) while this program ran: "
          + "1.0 programs take no message that is older than the last, and may take a lock that is held",
        fix: "let one program alone set it, and little by little: chronyd, or systemd-timesyncd"
      )
    }
    let what = "it was not set while this program ran; older steps leave no trace but in files' times"
    return Finding(.good, subject, what)
  }
}
