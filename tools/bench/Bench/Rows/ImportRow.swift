// What a 1.0 program writes, until a reader has it.

internal import CContenders
internal import LinuxIO
internal import Transom

/// One way: from the moment at which a 1.0 writer puts its window in place, against a program in C that reads the window
/// itself. Ours takes the message into the journal first.
enum ImportRow {
  static let row = Comparison(
    name: "message of a 1.0 writer, until it is read",
    unit: .microseconds,
    ours: Contender(
      "Transom",
      .measures { place in
        let channel = try Channel(at: "\(place.folder)/channel", as: .frontend)
        let messages = channel.messages
        let stamp = unsafe contender_stamp_open(place.folder)
        return { count in
          // What came while others had their turn was imported meanwhile, and is not what is timed.
          while try messages.next(within: .zero) != nil {}
          var sum: UInt64 = 0
          for _ in 0..<count {
            guard try messages.next(within: .seconds(10)) != nil else { throw Silence() }
            sum += KernelClock.sinceBoot() - (unsafe contender_stamp_read(stamp))
          }
          withExtendedLifetime(channel) {}
          return sum
        }
      },
      writer
    ),
    rivals: [
      .init(
        Contender(
          "C, reading the window",
          .measures { place in
            let reader = unsafe contender_peer_reader_open(place.folder)
            let stamp = unsafe contender_stamp_open(place.folder)
            return { count in
              var sum: UInt64 = 0
              for _ in 0..<count {
                unsafe contender_peer_read(reader)
                sum += KernelClock.sinceBoot() - (unsafe contender_stamp_read(stamp))
              }
              return sum
            }
          },
          writer
        ),
        .ratio(atMost: 1.6).reached(3)
      )
    ],
    sliceCount: 20,
    alsoOnDisk: true
  )

  private static let writer = End.serves { place in
    let writer = unsafe contender_peer_writer_open(place.folder)
    return {
      while true {
        unsafe contender_peer_write(writer)
        KernelClock.pause(.milliseconds(1))
      }
    }
  }

  /// Nothing came.
  private struct Silence: Error {}
}
