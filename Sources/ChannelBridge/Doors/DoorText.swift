// What a door has to read.

/// The texts that are the same for everybody; those for programs are files of their own in `Browser`.
enum DoorText {
  static let description = PackageResources.openapi_json
  static let script = PackageResources.transom_js
  static let types = PackageResources.transom_d_ts

  static let index = """
    Channels over HTTP.

    POST /channels/NAME/requests/METHOD   ask; the answer is the answer
    POST /channels/NAME/events/NAME       tell something
    GET  /channels/NAME/messages          listen: one event a line, or as server-sent events
    GET  /channels/NAME/socket            a WebSocket for all of that
    GET  /openapi.json                    the same for programs
    GET  /transom.js                      the module for browsers, and /transom.d.ts its types

    """
}
