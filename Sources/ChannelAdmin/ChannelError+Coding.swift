// An error as an object.

internal import ChannelMessages
package import Transom

extension ChannelError {
  /// The line that ends an answer that went wrong, without its line feed.
  package var line: [UInt8] {
    JSONWriter.object { writer in
      writer.member("error") { writer in
        writer.member("code", "\(code)")
        writer.member("where", path)
        writer.member("what", what)
        writer.member("hint", hint)
      }
    }
  }

  init(_ object: AdminObject) throws(AdminFault) {
    let name = try object.text("code")
    // A later daemon may know kinds that we do not.
    let code = Code.allCases.first { "\($0)" == name } ?? .system
    self.init(code, at: try object.text("where"), try object.text("what"), hint: try object.text("hint"))
  }
}
