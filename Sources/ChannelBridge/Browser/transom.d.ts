// What transom.js promises, for editors and TypeScript.

/**
 * Connects to a channel, and connects again whenever the connection was lost.
 *
 * Add listeners before the first `await` behind it: nothing comes earlier, and what nobody listens to counts as done
 * with.
 *
 * @param url `wss://HOST/channels/NAME/socket`; in a page also relative, or with http in place of ws.
 * @throws when the address is none, or the browser forbids it.
 */
export function connect(url: string | URL, options?: ConnectOptions): Channel;

export interface ConnectOptions {
  /**
   * Under this name the server keeps what this page has not taken over, and tells it again after the next connection.
   * Only one may read under it at a time. Without one, events come as long as there is a connection.
   */
  reader?: string;
  /**
   * Only events of these names come, `*` standing for anything; what is left out is not kept for a reader either. All come
   * where nothing is said, and are passed over where nobody listens.
   */
  events?: readonly string[];
  /** Who the page is, where the server asks for it. It becomes a part of the address. */
  token?: string;
  /** What is used in place of the browser's own. */
  WebSocket?: new (url: string, protocol: string) => WebSocket;
}

export interface Channel {
  /** Beginning and between two connections it is `connecting`; after `closed` nothing comes any more. */
  readonly state: ChannelState;
  /** Is told each change of `state`. */
  onstate: ((state: ChannelState) => void) | null;
  /**
   * Is told what a listener failed with, and what the server refused. After a refusal the channel goes on, unless its
   * state is `closed`. Until it is set, the console is told.
   */
  onerror: ((error: unknown) => void) | null;

  /**
   * Asks the channel. While there is no connection it waits for one. It is written once and never again: the promise
   * fails with `lost` when the connection went away before the answer, as it may have run.
   *
   * @param options.timeout Milliseconds, all told; 5,000 if not given.
   */
  request<Answer = unknown>(method: string, payload?: unknown, options?: { timeout?: number }): Promise<Answer>;

  /**
   * Tells the channel an event. With a reader the promise is kept when the event is in the channel's journal; after a
   * lost connection it is told again, in its order, and is there once. Without one it is kept when the event is
   * written, which a connection that is just going away may still lose.
   */
  send(event: string, payload?: unknown): Promise<void>;

  /**
   * Calls a listener for each event of these names, in which `*` stands for anything.
   *
   * With a reader an event is acknowledged when the promises of all its listeners are kept. When one fails, `onerror`
   * is told, and the event comes again to all of them after the next connection.
   *
   * @returns what ends it.
   */
  on<Payload = unknown>(
    pattern: string,
    listener: (payload: Payload, message: Message<Payload>) => unknown,
  ): () => void;

  /**
   * Events of these names, from now on, for one `for await`.
   *
   * An event is taken over when the loop asks for the next one. Who leaves the loop, by `break` or an error, has not
   * taken over the one in hand: with a reader it comes again after the next connection. `return()` ends a loop that
   * waits.
   * It fails with `full` when it has no reader and is 4,096 events behind.
   */
  events<Payload = unknown>(pattern: string): Events<Payload>;

  /**
   * Answers what the channel's other side asks, for methods of these names, with what the handler gives or what its
   * promise is kept with. When it fails, whoever asked is told the message of the error. The first one added counts.
   *
   * @returns what ends it.
   */
  respond<Payload = unknown>(
    pattern: string,
    handler: (payload: Payload, message: Message<Payload>) => unknown,
  ): () => void;

  /** Ends all: what was not done fails with `closed`, and loops over events come to their end. */
  close(): void;
}

export type ChannelState = 'connecting' | 'open' | 'closed';

export interface Events<Payload> extends AsyncIterableIterator<Message<Payload>> {
  return(): Promise<IteratorResult<Message<Payload>>>;
}

/** A message as it came. */
export interface Message<Payload = unknown> {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly type: 'request' | 'event';
  readonly method: string;
  readonly payload: Payload;
}

export class TransomError extends Error {
  constructor(code: TransomError['code'], message: string);
  /**
   * - `error`: it was answered with an error, whose text is the message.
   * - `timeout`: there was no answer in time.
   * - `lost`: the connection was lost before the answer; it may have run.
   * - `closed`: the channel was closed by the page.
   * - `refused`: the server does not take what it was sent, or does not let the page in.
   * - `full`: 4,096 messages, or 16 MiB, are on their way; or a loop over events is too far behind.
   */
  readonly code: 'error' | 'timeout' | 'lost' | 'closed' | 'refused' | 'full';
}
