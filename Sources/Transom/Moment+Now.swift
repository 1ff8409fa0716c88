// The one place where the library looks at the clock that nobody sets.

package import ChannelModel
internal import LinuxIO

extension Moment {
  /// This moment, by the kernel's clock.
  package static var now: Moment { Moment(nanoseconds: KernelClock.sinceBoot()) }
}
