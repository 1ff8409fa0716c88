internal import CFuzz
internal import Foundation

/// Hands one target over to libFuzzer.
enum Driver {
  /// libFuzzer's function takes no context; it is set once, before the only thread that reads it goes on.
  private nonisolated(unsafe) static var target: FuzzTarget?

  static func run(_ chosen: FuzzTarget, options: [String]) -> Never {
    unsafe target = chosen
    var count = Int32(options.count)
    // The arguments live as long as the program.
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe options.map { unsafe strdup($0) } + [nil]
    let status = unsafe arguments.withUnsafeMutableBufferPointer { buffer in
      var address = buffer.baseAddress
      return unsafe LLVMFuzzerRunDriver(&count, &address) { bytes, count in
        unsafe Driver.call(UnsafeBufferPointer(start: bytes, count: count))
        return 0
      }
    }
    exit(status)
  }

  private static func call(_ input: UnsafeBufferPointer<UInt8>) {
    guard let target = unsafe target else { return }
    let bytes = unsafe [UInt8](input)
    cfuzz_allow(target.allocationBase + target.allocationPerByte * bytes.count)
    target.run(bytes)
    _ = cfuzz_finish()
  }
}
