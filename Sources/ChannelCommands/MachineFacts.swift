// What `doctor` knows of the machine before it judges.

package import LinuxIO

/// Limits, who uses them, and clocks: plain values, so that what is made of them needs no machine.
package struct MachineFacts: Hashable, Sendable {
  /// A limit of inotify, and the command that raises it.
  package struct Limit: Hashable, Sendable {
    package var setting: String
    package var value: Int?
    package var remedy: String

    package init(setting: String, value: Int?, remedy: String) {
      self.setting = setting
      self.value = value
      self.remedy = remedy
    }

    init(_ limit: InotifyLimit) {
      self.init(setting: limit.setting, value: limit.value, remedy: limit.remedy)
    }
  }

  /// Two clocks at one moment.
  package struct Clocks: Hashable, Sendable {
    /// Since 1970, by the clock that people set.
    package var wall: Duration
    /// By the one that nobody sets.
    package var sinceBoot: Duration

    package init(wall: Duration, sinceBoot: Duration) {
      self.wall = wall
      self.sinceBoot = sinceBoot
    }

    static func now() -> Clocks {
      let wall = FileTime.now()
      return Clocks(
        wall: .seconds(wall.seconds) + .nanoseconds(wall.nanoseconds),
        sinceBoot: .nanoseconds(Int64(clamping: KernelClock.sinceBoot()))
      )
    }
  }

  /// Who asks.
  package var user: UInt32
  package var watches: Limit
  package var instances: Limit
  package var queuedEvents: Int?
  /// Nil where the processes cannot be looked at.
  package var usages: [InotifyUsage]?
  /// How many processes did not let us look.
  package var hiddenProcessCount: Int
  package var descriptorLimit: Int
  /// The clocks at the beginning and at the end of the look.
  package var begin: Clocks
  package var end: Clocks

  package init(
    user: UInt32,
    watches: Limit,
    instances: Limit,
    queuedEvents: Int?,
    usages: [InotifyUsage]?,
    hiddenProcessCount: Int,
    descriptorLimit: Int,
    begin: Clocks,
    end: Clocks
  ) {
    self.user = user
    self.watches = watches
    self.instances = instances
    self.queuedEvents = queuedEvents
    self.usages = usages
    self.hiddenProcessCount = hiddenProcessCount
    self.descriptorLimit = descriptorLimit
    self.begin = begin
    self.end = end
  }

  /// Collects them.
  static func collect() -> MachineFacts {
    let begin = Clocks.now()
    let limits = InotifyLimits.current()
    let survey = try? InotifyUsage.survey()
    return MachineFacts(
      user: ProcessIdentity.user,
      watches: Limit(limits.watchLimit),
      instances: Limit(limits.instanceLimit),
      queuedEvents: limits.queuedEvents,
      usages: survey?.usages,
      hiddenProcessCount: survey?.hiddenCount ?? 0,
      descriptorLimit: DescriptorLimit.current,
      begin: begin,
      end: .now()
    )
  }
}
