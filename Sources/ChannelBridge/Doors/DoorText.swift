// What a door has to read.

internal import ChannelWires

/// The texts that are the same for everybody; those for programs are files of their own in `Browser`.
enum DoorText {
  /// The answer to who asks for one of them; nil for all else.
  static func response(for thing: DoorTarget.Thing) -> HTTPResponse? {
    let headers = HTTPHeader.ofDoors + [.forAllOrigins]
    switch thing {
    case .index: return HTTPResponse(.ok, text: index, headers: headers)
    case .description: return HTTPResponse(.ok, .json, PackageResources.openapi_json, headers: headers)
    case .script: return HTTPResponse(.ok, .script, PackageResources.transom_js, headers: headers)
    case .types: return HTTPResponse(.ok, .script, PackageResources.transom_d_ts, headers: headers)
    case .request, .event, .messages, .socket, .gateway: return nil
    }
  }

  private static let index = """
    Channels over HTTP.

    POST /channels/NAME/requests/METHOD   ask; the answer is the answer
    POST /channels/NAME/events/NAME       tell something
    GET  /channels/NAME/messages          listen: one event a line, or as server-sent events
    GET  /channels/NAME/socket            a WebSocket for all of that
    any  /gateway/NAME/PATH               what the program behind the channel serves
    GET  /openapi.json                    the same for programs
    GET  /transom.js                      the module for browsers, and /transom.d.ts its types

    """
}
