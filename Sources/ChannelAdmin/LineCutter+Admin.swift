// The protocol's lines out of a stream.

package import ChannelMessages

extension LineCutter {
  /// The next line of the protocol; nil when it is not there yet. After an error there is no next one.
  package mutating func nextAdminLine() throws(AdminFault) -> [UInt8]? {
    do throws(TooLong) {
      return try next()
    } catch {
      throw .tooLong(limit: error.limit)
    }
  }
}
