// transom inspect

internal import Transom

enum InspectVerb {
  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let state = try ChannelInspector(invocation.operand(.directory), onlyLooks: true).state()
    if invocation.has(.json) {
      try around.output.addLine(state.json())
    } else {
      try around.output.add(state.text(style: around.style))
    }
    try around.output.flush()
    return 0
  }
}
