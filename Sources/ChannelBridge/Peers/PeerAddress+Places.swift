// Whether the place that an address names can be had.

internal import ChannelSockets
package import LinuxIO
package import Transom

extension PeerAddress {
  private var port: UInt16? { if case .tcp(_, let port) = endpoint { port } else { nil } }

  /// Where one listens who has been lent a descriptor that listens there already, or none.
  func place(_ lent: Int32?) -> Endpoint { lent.map { .descriptor($0, isLent: true) } ?? endpoint }

  /// Why one cannot listen there, and what to do.
  package func cannotListen(_ error: SystemError) -> ChannelError {
    let told = ChannelError(error, at: "\(self)")
    guard let fault = PlaceFault(listening: error, atPort: port) else {
      return ChannelError(told.code, at: "\(self)", error.what, hint: told.hint)
    }
    return ChannelError(told.code, at: "\(self)", fault.what, hint: "\(fault.remedy), or choose another place")
  }

  /// Makes the FIFOs of the address where they are missing, so that it is told at once when that cannot be.
  package func makeFifos() throws(ChannelError) {
    guard case .fifos(let input, let output) = endpoint else { return }
    for path in [input, output] {
      do throws(SystemError) {
        _ = try Fifo(at: path)
      } catch {
        guard let fault = PlaceFault(makingFifo: error) else { throw ChannelError(error, at: path) }
        let code = ChannelError(error, at: path).code
        throw ChannelError(code, at: "\(self)", fault.what, hint: "\(fault.remedy), or name another path")
      }
    }
  }
}
