// A WebSocket without a network: the test is the server.

export class FakeSocket {
  /** All that were made since the last test began, the newest last. */
  static all = [];

  static get newest() {
    return FakeSocket.all.at(-1);
  }

  /** What was written, as values. */
  written = [];
  bufferedAmount = 0;
  isOpen = false;
  isClosed = false;

  constructor(url, protocol) {
    Object.assign(this, { url, protocol });
    FakeSocket.all.push(this);
  }

  // What the module calls.

  send(text) {
    if (!this.isOpen || this.isClosed) throw new Error('InvalidStateError');
    this.written.push(JSON.parse(text));
  }

  close() {
    this.isClosed = true;
  }

  // What a test calls.

  open() {
    this.isOpen = true;
    this.onopen?.({});
  }

  tell(message) {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }

  event(id, method, payload) {
    this.tell({ id, timestamp: 1, type: 'event', method, payload });
  }

  lose(code = 1006, reason = '') {
    this.isClosed = true;
    this.onclose?.({ code, reason });
  }

  /** What was written since this was last asked. */
  taken() {
    return this.written.splice(0);
  }

  /** The ids that were acknowledged since this was last asked, an array a message. */
  acknowledged() {
    return this.taken().map(({ ack }) => ack);
  }
}
