/// A window as it looks at work: 100 messages of about 300 bytes, compact, one a line, payloads of a few keys.
public enum SampleWindow {
  /// The text of a window of so many messages.
  public static func bytes(messages: Int = 100) -> [UInt8] {
    var text = "[\n"
    for number in 0..<messages {
      if number > 0 { text += ",\n" }
      let sequence = String(number, radix: 16)
      let id = "3f2b9c1e-7a64-4d0b-9e5f-" + String(repeating: "0", count: 12 - sequence.count) + sequence
      text += #"{"id":"\#(id)","timestamp":\#(1_764_000_000_000 + number * 7),"#
      switch number % 3 {
      case 0:
        text += #""type":"request","method":"jobs.submit","payload":{"name":"render","frame":\#(number * 31),"#
        text += #""scene":"/srv/projects/harbour/scenes/shot-\#(number).blend","priority":5,"resume":false,"#
        text += #""tags":["night","final"],"owner":{"name":"Ana Sušnik","team":"lighting"}}}"#
      case 1:
        text += #""type":"response","reply_to":"\#(id)","payload":{"ok":true,"elapsed_ms":\#(number).75,"#
        text += #""result":{"rows":[\#(number),2,3,5,8,13],"next":null,"note":"cached copy was good enough"},"#
        text += #""trace":"00-4bf92f3577b34da6a3ce929d0e0e4736-01"}}"#
      default:
        text +=
          #""type":"event","method":"progress.changed","payload":{"job":"render-\#(number)","percent":\#(number),"#
        text += #""message":"tile \#(number) of 400 finished without warnings","bytes":184467440737,"#
        text += #""host":"node-17.cluster.example","pass":"beauty","retry":0}}"#
      }
    }
    return Array((text + "\n]").utf8)
  }
}
