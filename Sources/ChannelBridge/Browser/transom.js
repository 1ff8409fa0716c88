// The browser's half of a channel: requests, answers and events over a WebSocket that comes again when it was lost.
// transom.d.ts beside it says what each call promises. It needs no other file, and no build.

const mostHeld = 4_096; // messages on their way out; and events that a loop without a reader has not come to
const mostBuffered = 16 << 20; // bytes inside a socket, from which nothing can be taken back
const mostRemembered = 65_536; // ids of events that are done with
const mostRememberedLength = 8 << 20; // characters of them: whoever sends an event makes its id as long as he likes
const mostAcknowledged = 1_024; // by one message: the other end takes 4,096, and a smaller one is read sooner
const mostAcknowledgedLength = 1 << 20; // characters of them: it takes 8 MB
const answeringTime = 5_000; // milliseconds, as all times here
const openingTime = 10_000;
const shortestPause = 100; // between two attempts to connect
const longestPause = 10_000; // and a connection that lasts so long was no failure
const longestTimer = 2 ** 31 - 1; // with more it would go off at once
/** Closed so, it would be the same again, however often it was tried. */
const finalWords = { 1008: 'this is not permitted', 4401: 'no token, or none that is known', 4409: 'another is this reader' };
/** Closed so, what was sent could not be read or was too long, and would be again. */
const faults = [1002, 1007, 1009];
/** What a listener fails with that has not taken an event over, and of which nobody needs to be told. */
const notTaken = Symbol('not taken over');

export const connect = (url, options) => new Channel(url, options);

/** Why a call of a channel failed: `code` says it to programs, `message` to people. */
export class TransomError extends Error {
  constructor(code, message) {
    super(message);
    this.name = 'TransomError';
    this.code = code;
  }
}

class Channel {
  onstate = null;
  onerror = (error) => console.error(error);
  #url;
  #WebSocket;
  /** Whether the server keeps for us what we have not acknowledged, and we for it what it has not. */
  #isDurable;
  #state = 'connecting';
  /** Null between two attempts, and after the end. */
  #socket = null;
  /** Why nothing goes on. */
  #end = null;
  /** How often it was tried since a connection was of some use. */
  #attempts = 0;
  /** Ends what is going on: opening, being open without a proof that it is of use, or the pause between. */
  #timer;
  /** What is to be written, what waits to be acknowledged, and what waits for its answer: by id, in their order. */
  #waiting = new Map();
  #unacknowledged = new Map();
  #asked = new Map();
  #listeners = new Set();
  #responders = new Set();
  /** Ids of events whose listeners are at work, of those that are done with, and of those to be acknowledged now. */
  #inWork = new Set();
  #done = new Set();
  #doneLength = 0;
  #acknowledgements = [];

  constructor(url, { reader, events = [], token, WebSocket = globalThis.WebSocket } = {}) {
    this.#url = new URL(url, globalThis.location?.href);
    // A page may give its own address; only the newest browsers see to that themselves.
    this.#url.protocol = this.#url.protocol.replace('http', 'ws');
    if (reader != null) this.#url.searchParams.set('reader', reader);
    for (const pattern of events) this.#url.searchParams.append('events', pattern);
    if (token != null) this.#url.searchParams.set('token', token);
    this.#isDurable = this.#url.searchParams.has('reader');
    this.#WebSocket = WebSocket;
    this.#connect();
    globalThis.addEventListener?.('online', this.#wake);
    globalThis.document?.addEventListener('visibilitychange', this.#wake);
  }

  get state() { return this.#state; }
  async request(method, payload, { timeout = answeringTime } = {}) {
    if (!(timeout >= 0)) throw new TypeError(`timeout ${timeout}: give milliseconds, or Infinity`);
    return this.#put('request', method, payload, timeout);
  }

  async send(event, payload) { return this.#put('event', event, payload, Infinity); }
  on(pattern, take) { return added({ matches: matcher(pattern), take }, this.#listeners); }
  respond(pattern, take) { return added({ matches: matcher(pattern), take }, this.#responders); }

  events(pattern) {
    const queue = new EventQueue(this.#isDurable, () => stop());
    const take = (_, message) => queue.put(message);
    const stop = added({ matches: matcher(pattern), take, queue }, this.#listeners);
    if (this.#end) queue.end(this.#end);
    return queue;
  }

  close() {
    if (this.#end) return;
    this.#writeAcknowledgements();
    this.#finish(new TransomError('closed', 'the channel was closed'));
  }

  #connect() {
    const socket = new this.#WebSocket(this.#url.href, 'transom.1');
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#lose(), openingTime);
    socket.onopen = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => { this.#attempts = 0; }, longestPause);
      this.#enter('open');
      this.#write();
    };
    socket.onmessage = ({ data }) => this.#take(data);
    socket.onclose = ({ code, reason }) => {
      if (code in finalWords) this.#refuse(reason || finalWords[code], (error) => this.#finish(error));
      else if (faults.includes(code)) this.#refuse(reason || `it closed with ${code}`, () => this.#lose());
      else this.#lose();
    };
    // In browsers a close follows that says no more; elsewhere there may be none.
    socket.onerror = () => this.#lose();
  }

  #lose() {
    this.#leave();
    this.#fail(new TransomError('lost', 'the connection was lost before the answer; it may have run'), this.#asked);
    // They go first, as they did the first time.
    this.#waiting = new Map([...this.#unacknowledged, ...this.#waiting]);
    this.#unacknowledged = new Map();
    const pause = Math.min(shortestPause * 2 ** this.#attempts, longestPause);
    this.#attempts += 1;
    // Not all pages that a server lost come back in the same moment.
    this.#timer = setTimeout(() => this.#connect(), pause * (0.5 + Math.random() / 2));
    this.#enter('connecting');
  }

  /** Has no part in the connection any more. */
  #leave() {
    clearTimeout(this.#timer);
    // Those events come again, and are acknowledged then.
    this.#acknowledgements = [];
    if (!this.#socket) return;
    for (const event of ['open', 'message', 'close', 'error']) this.#socket[`on${event}`] = () => {};
    this.#socket.close();
    this.#socket = null;
  }

  /** Does not wait for the end of a pause: there was no network, or a browser let a hidden page wait for long. */
  #wake = ({ type }) => {
    if (this.#socket || (type === 'visibilitychange' && globalThis.document.hidden)) return;
    clearTimeout(this.#timer);
    this.#attempts = 0;
    this.#connect();
  };

  /** Tells everybody concerned, and whoever looks after the page, what the server does not want. */
  #refuse(words, go) {
    const error = new TransomError('refused', `the server refused: ${words}`);
    this.#fail(error, this.#asked, this.#unacknowledged);
    go(error);
    this.#call('onerror', error);
  }

  #finish(error) {
    this.#end = error;
    this.#leave();
    globalThis.removeEventListener?.('online', this.#wake);
    globalThis.document?.removeEventListener('visibilitychange', this.#wake);
    this.#fail(error, this.#asked, this.#unacknowledged, this.#waiting);
    for (const { queue } of this.#listeners) queue?.end(error);
    this.#enter('closed');
  }

  #enter(state) {
    const former = this.#state;
    this.#state = state;
    if (state !== former) this.#call('onstate', state);
  }

  /** Later, and alone: a page that fails while it is told something must not keep us from what is to be done. */
  #call(name, value) { queueMicrotask(() => this[name]?.(value)); }

  #put(type, method, payload, timeout) {
    if (this.#end) throw new TransomError(this.#end.code, this.#end.message);
    const count = this.#waiting.size + this.#unacknowledged.size + this.#asked.size;
    if (count >= mostHeld || this.#socket?.bufferedAmount > mostBuffered) {
      throw new TransomError('full', `${count} messages are on their way already; wait for some of them`);
    }
    const id = makeID();
    const text = JSON.stringify({ id, timestamp: Date.now(), type, method: String(method), payload });
    return new Promise((resolve, reject) => {
      const entry = { type, text, resolve, reject };
      if (timeout <= longestTimer) entry.timer = setTimeout(() => this.#giveUp(id, timeout), timeout);
      this.#waiting.set(id, entry);
      this.#write();
    });
  }

  #giveUp(id, timeout) {
    const words = this.#asked.has(id) ? 'no answer; it may have run' : 'there was no connection; it never ran';
    const error = new TransomError('timeout', `after ${timeout} ms: ${words}`);
    for (const held of [this.#waiting, this.#asked]) this.#settle(held, id, error);
  }

  #write() {
    if (this.#state !== 'open') return;
    for (const [id, entry] of this.#waiting) {
      this.#socket.send(entry.text);
      if (entry.type === 'request') this.#asked.set(id, entry);
      else if (this.#isDurable) this.#unacknowledged.set(id, entry);
      else entry.resolve();
    }
    this.#waiting.clear();
  }

  #settle(held, id, error, payload) {
    const entry = held.get(id);
    // It may have come too late.
    if (!entry) return;
    held.delete(id);
    clearTimeout(entry.timer);
    if (error) entry.reject(error);
    else entry.resolve(payload);
  }

  #fail(error, ...maps) {
    for (const held of maps) for (const id of held.keys()) this.#settle(held, id, error);
  }

  #take(data) {
    let message;
    try {
      message = Object(JSON.parse(data));
    } catch {
      return this.#call('onerror', new TransomError('error', `no JSON came: ${String(data).slice(0, 80)}`));
    }
    // It does not say which message it means: none that has gone out goes again. The pauses become longer, too.
    if ('refused' in message) return this.#refuse(message.refused, () => this.#lose());
    this.#attempts = 0;
    message.payload ??= null;
    const { ack, type, error, payload } = message;
    const failure = error == null ? null : new TransomError('error', error);
    if (ack != null) for (const id of [].concat(ack)) this.#settle(this.#unacknowledged, id);
    else if (type === 'response') this.#settle(this.#asked, message.reply_to, failure, payload);
    else if (type === 'event') this.#tell(message);
    else if (type === 'request') this.#answer(message, this.#socket);
  }

  async #tell(message) {
    const { method, payload } = message;
    const id = String(message.id);
    if (this.#done.has(id)) return this.#acknowledge(id);
    if (this.#inWork.has(id)) return;
    if (this.#isDurable) this.#inWork.add(id);
    const listeners = [...this.#listeners].filter(({ matches }) => matches(method));
    const outcomes = await Promise.allSettled(listeners.map(async ({ take }) => take(payload, message)));
    const failures = outcomes.filter(({ status }) => status === 'rejected');
    // Without that it comes again after the next connection, and all its listeners are told once more.
    if (this.#inWork.delete(id) && failures.length === 0) this.#acknowledge(id);
    for (const { reason } of failures) if (reason !== notTaken) this.#call('onerror', reason);
  }

  #acknowledge(id) {
    this.#remember(id);
    if (this.#state !== 'open' || this.#acknowledgements.push(id) > 1) return;
    // A timer lets those come first that are here already, but in a hidden page it is late by a second and more.
    (globalThis.document?.hidden ? queueMicrotask : setTimeout)(() => this.#writeAcknowledgements(), 0);
  }

  #remember(id) {
    if (this.#done.has(id)) return;
    this.#done.add(id);
    this.#doneLength += id.length;
    for (const oldest of this.#done) {
      if (this.#done.size <= mostRemembered && this.#doneLength <= mostRememberedLength) return;
      this.#done.delete(oldest);
      this.#doneLength -= oldest.length;
    }
  }

  #writeAcknowledgements() {
    const ids = this.#acknowledgements.splice(0);
    while (ids.length > 0 && this.#socket) {
      let count = 1;
      let length = ids[0].length;
      const most = Math.min(ids.length, mostAcknowledged);
      while (count < most && (length += ids[count].length) <= mostAcknowledgedLength) count += 1;
      this.#echo(JSON.stringify({ ack: ids.splice(0, count) }));
    }
  }

  /** Says something that the other end has caused: when it reads nothing of that, it is left, and all comes again. */
  #echo(text) {
    if (this.#socket.bufferedAmount > mostBuffered) this.#lose();
    else this.#socket.send(text);
  }

  async #answer(message, socket) {
    const answer = { id: makeID(), timestamp: Date.now(), type: 'response', reply_to: message.id };
    let text;
    try {
      const responder = [...this.#responders].find(({ matches }) => matches(message.method));
      if (!responder) throw new Error(`nobody answers "${message.method}" here`);
      text = JSON.stringify({ ...answer, payload: await responder.take(message.payload, message) });
    } catch (error) {
      text = JSON.stringify({ ...answer, error: String(error?.message ?? error) });
    }
    // Whoever asked on another connection was told that it was lost.
    if (socket === this.#socket && socket) this.#echo(text);
  }
}

/** Events on their way to a `for await`: each is taken over when the loop asks for the one behind it. */
class EventQueue {
  #isDurable;
  #stop;
  #events = [];
  /** What the loop is at, and, when it waits, what goes on with it. */
  #current;
  #askers = [];
  #end = null;

  constructor(isDurable, stop) {
    this.#isDurable = isDurable;
    this.#stop = stop;
  }

  put(message) {
    // For those who acknowledge the server waits by itself.
    if (!this.#isDurable && this.#events.length >= mostHeld) this.end(new TransomError('full', 'the loop is too slow'));
    if (this.#end) return Promise.reject(notTaken);
    return new Promise((resolve, reject) => {
      this.#events.push({ message, resolve, reject });
      this.#askers.shift()?.(this.next());
    });
  }

  async next() {
    this.#current?.resolve();
    this.#current = this.#events.shift();
    if (this.#current) return { value: this.#current.message, done: false };
    if (!this.#end) return new Promise((resolve) => this.#askers.push(resolve));
    if (this.#end.code !== 'closed') throw this.#end;
    return { value: undefined, done: true };
  }

  /** The loop was left, maybe by an error: so what it has in hand counts as not taken over. */
  async return() {
    this.#current?.reject(notTaken);
    this.#current = undefined;
    this.end(new TransomError('closed', 'the loop was left'));
    this.#events = [];
    return { value: undefined, done: true };
  }

  /** Nothing more is put in. What is there is still given out, unless it comes again at another time. */
  end(error) {
    this.#stop();
    this.#end ??= error;
    if (this.#isDurable) for (const { reject } of this.#events.splice(0)) reject(notTaken);
    for (const asker of this.#askers.splice(0)) asker(this.next());
  }

  [Symbol.asyncIterator]() { return this; }
}

/** Adds to a set; gives what takes it out again. */
function added(item, set) {
  set.add(item);
  return () => void set.delete(item);
}

/** A test for names, in which `*` stands for any run of characters. */
function matcher(pattern) {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|/-]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  return (name) => expression.test(name);
}

/** Random bits, written as a UUID; browsers make none for pages that came over plain http from elsewhere. */
function makeID() {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
