// Tests of transom.js without a network and without waiting: node --test tools/browser/unit.mjs

import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, suite, test } from 'node:test';
import { FakeSocket } from './FakeSocket.mjs';
import { connect, TransomError } from '../../Sources/ChannelBridge/Browser/transom.js';

const address = 'http://host:1/channels/demo/socket';
/** Longer than any pause between two attempts to connect. */
const longestPause = 10_000;

let channel;
let errors;
/** What the browser would tell the page. */
let page;

/** Until all promises that can go on have gone on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
/** Until what waits for the end of this turn is done. */
const turn = async () => {
  await settled();
  mock.timers.tick(1);
  await settled();
};

/** A channel whose connection is open. */
function opened(options) {
  channel = connect(address, { WebSocket: FakeSocket, ...options });
  channel.onerror = (error) => errors.push(error);
  FakeSocket.newest.open();
  return channel;
}

/** The connection is lost, and there is another one. */
function reconnect() {
  FakeSocket.newest.lose();
  mock.timers.tick(longestPause);
  FakeSocket.newest.open();
  return FakeSocket.newest;
}

const failsWith = (code, words = /./) => (error) =>
  error instanceof TransomError && error.code === code && words.test(error.message);

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  FakeSocket.all = [];
  errors = [];
  page = new EventTarget();
  page.hidden = false;
  globalThis.document = page;
  globalThis.addEventListener = page.addEventListener.bind(page);
  globalThis.removeEventListener = page.removeEventListener.bind(page);
});

afterEach(() => {
  channel?.close();
  mock.timers.reset();
});

suite('Connecting', () => {
  test('the address names the reader and the token, and the socket speaks transom.1', () => {
    opened({ reader: 'page 7', token: 'a&b', events: ['progress.*', 'done'] });
    const { url, protocol } = FakeSocket.newest;
    assert.equal(url, 'ws://host:1/channels/demo/socket?reader=page+7&events=progress.*&events=done&token=a%26b');
    assert.equal(protocol, 'transom.1');
  });

  test('the state goes from connecting to open, back, and to closed', async () => {
    const states = [];
    channel = connect(address, { WebSocket: FakeSocket });
    channel.onstate = (state) => states.push(state);
    assert.equal(channel.state, 'connecting');
    FakeSocket.newest.open();
    await settled();
    FakeSocket.newest.lose();
    mock.timers.tick(longestPause);
    // An attempt that fails is no new state.
    reconnect();
    await settled();
    channel.close();
    await settled();
    assert.equal(channel.state, 'closed');
    assert.deepEqual(states, ['open', 'connecting', 'open', 'closed']);
  });

  test('pauses grow from 100 ms to 10 s, and each is at least half of what it may be', (context) => {
    for (const [drawn, share] of [[0, 0.5], [1 - 2 ** -53, 1]]) {
      context.mock.method(Math, 'random', () => drawn);
      opened();
      for (const full of [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]) {
        FakeSocket.newest.lose();
        const count = FakeSocket.all.length;
        mock.timers.tick(Math.floor(full * share) - 1);
        assert.equal(FakeSocket.all.length, count, `${full} ms`);
        mock.timers.tick(1);
        assert.equal(FakeSocket.all.length, count + 1, `${full} ms`);
      }
      channel.close();
    }
  });

  for (const [what, use] of [
    ['by which something came', (socket) => socket.event('1', 'a', 1)],
    ['that lasted for ten seconds', () => mock.timers.tick(longestPause)],
  ]) {
    test(`a connection ${what} makes the next pause short`, () => {
      opened();
      for (let attempt = 0; attempt < 9; attempt += 1) reconnect();
      use(FakeSocket.newest);
      FakeSocket.newest.lose();
      const count = FakeSocket.all.length;
      mock.timers.tick(100);
      assert.equal(FakeSocket.all.length, count + 1);
    });
  }

  test('a connection that does not open within ten seconds is tried again', () => {
    channel = connect(address, { WebSocket: FakeSocket });
    mock.timers.tick(longestPause);
    assert.ok(FakeSocket.newest.isClosed);
    mock.timers.tick(100);
    assert.equal(FakeSocket.all.length, 2);
  });

  test('an error is a loss, and the close behind it is no second one', () => {
    opened();
    const { newest } = FakeSocket;
    newest.onerror({});
    newest.lose();
    mock.timers.tick(100);
    assert.equal(FakeSocket.all.length, 2);
    newest.lose(1008);
    assert.equal(channel.state, 'connecting');
  });

  test('a pause ends when the network comes, or when the page is seen again', () => {
    opened();
    FakeSocket.newest.lose();
    page.dispatchEvent(new Event('online'));
    assert.equal(FakeSocket.all.length, 2);
    page.dispatchEvent(new Event('online'));
    assert.equal(FakeSocket.all.length, 2, 'it is being connected already');
    FakeSocket.newest.lose();
    page.hidden = true;
    page.dispatchEvent(new Event('visibilitychange'));
    assert.equal(FakeSocket.all.length, 2, 'nobody sees it');
    page.hidden = false;
    page.dispatchEvent(new Event('visibilitychange'));
    assert.equal(FakeSocket.all.length, 3);
    mock.timers.tick(longestPause - 1);
    assert.equal(FakeSocket.all.length, 3, 'nothing is left of the pause');
  });

  for (const [code, words] of [[1008, /not permitted/], [4401, /token/]]) {
    test(`after close code ${code} nothing is tried again, and everybody is told`, async () => {
      opened({ reader: 'r' });
      const request = channel.request('sum');
      FakeSocket.newest.lose(code);
      await assert.rejects(request, failsWith('refused', words));
      await assert.rejects(channel.send('late'), failsWith('refused', words));
      mock.timers.tick(longestPause);
      page.dispatchEvent(new Event('online'));
      assert.equal(FakeSocket.all.length, 1);
      assert.equal(channel.state, 'closed');
      assert.equal(errors.length, 1);
    });
  }

  test('after close code 1001 it is tried again', () => {
    opened();
    FakeSocket.newest.lose(1001);
    mock.timers.tick(100);
    assert.equal(FakeSocket.all.length, 2);
  });

  test('a closed channel fails what it has, and what it is given', async () => {
    opened({ reader: 'r' });
    const calls = [channel.request('sum'), channel.send('progress', 1)];
    channel.close();
    calls.push(channel.request('late'), channel.send('late'));
    for (const call of calls) await assert.rejects(call, failsWith('closed'));
    assert.ok(FakeSocket.newest.isClosed);
    mock.timers.tick(longestPause);
    assert.equal(FakeSocket.all.length, 1);
  });

  test('a page whose onstate fails is connected all the same', async (context) => {
    const uncaught = [];
    const { queueMicrotask } = globalThis;
    context.mock.method(globalThis, 'queueMicrotask', (call) => queueMicrotask(() => {
      try {
        call();
      } catch (error) {
        uncaught.push(error.message);
      }
    }));
    channel = connect(address, { WebSocket: FakeSocket });
    channel.onstate = () => { throw new Error('of the page'); };
    const request = channel.request('sum');
    FakeSocket.newest.open();
    FakeSocket.newest.tell({ type: 'response', reply_to: FakeSocket.newest.written[0].id, payload: 3 });
    assert.equal(await request, 3);
    assert.deepEqual(uncaught, ['of the page']);
  });
});

suite('Requests', () => {
  test('a request is a whole message, and its answer keeps the promise', async () => {
    opened();
    const answer = channel.request('sum', [1, 2]);
    const [{ id, timestamp, ...rest }] = FakeSocket.newest.taken();
    assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.ok(Math.abs(Date.now() - timestamp) < 60_000);
    assert.deepEqual(rest, { type: 'request', method: 'sum', payload: [1, 2] });
    FakeSocket.newest.tell({ id: 'x', timestamp: 1, type: 'response', reply_to: id, payload: 3 });
    assert.equal(await answer, 3);
  });

  test('an answer without a payload is null', async () => {
    opened();
    const answer = channel.request('nothing');
    FakeSocket.newest.tell({ type: 'response', reply_to: FakeSocket.newest.taken()[0].id });
    assert.equal(await answer, null);
  });

  test('an answer with an error fails with its words', async () => {
    opened();
    const answer = channel.request('divide', [1, 0]);
    FakeSocket.newest.tell({ type: 'response', reply_to: FakeSocket.newest.taken()[0].id, error: 'by zero' });
    await assert.rejects(answer, failsWith('error', /^by zero$/));
  });

  test('answers find their requests in whatever order they come', async () => {
    opened();
    const answers = [1, 2, 3].map((number) => channel.request('echo', number));
    for (const { id, payload } of FakeSocket.newest.taken().reverse()) {
      FakeSocket.newest.tell({ type: 'response', reply_to: id, payload });
    }
    assert.deepEqual(await Promise.all(answers), [1, 2, 3]);
  });

  test('without an answer a request fails when its time is over, and an answer behind that means nothing', async () => {
    opened();
    const answer = channel.request('sleepy', null, { timeout: 300 });
    mock.timers.tick(300);
    await assert.rejects(answer, failsWith('timeout', /300 ms.*may have run/));
    FakeSocket.newest.tell({ type: 'response', reply_to: FakeSocket.newest.taken()[0].id, payload: 1 });
    await settled();
    assert.deepEqual(errors, []);
  });

  test('a request waits for a connection within its time, and is not asked when that is over', async () => {
    channel = connect(address, { WebSocket: FakeSocket });
    const early = channel.request('early', null, { timeout: 200 });
    const late = channel.request('late', null, { timeout: 400 });
    mock.timers.tick(200);
    await assert.rejects(early, failsWith('timeout', /never ran/));
    FakeSocket.newest.open();
    const written = FakeSocket.newest.taken();
    assert.deepEqual(written.map(({ method }) => method), ['late']);
    FakeSocket.newest.tell({ type: 'response', reply_to: written[0].id, payload: true });
    assert.equal(await late, true);
  });

  test('a request may wait for ever, and not for a time that is none', async () => {
    opened();
    const answer = channel.request('slow', null, { timeout: Infinity });
    mock.timers.tick(2 ** 31);
    FakeSocket.newest.tell({ type: 'response', reply_to: FakeSocket.newest.taken()[0].id, payload: 1 });
    assert.equal(await answer, 1);
    for (const timeout of [-1, NaN, 'soon']) await assert.rejects(channel.request('a', 1, { timeout }), TypeError);
  });

  test('a request whose connection was lost fails, and is not asked again', async () => {
    opened({ reader: 'r' });
    const answer = channel.request('pay', 10);
    const socket = reconnect();
    await assert.rejects(answer, failsWith('lost', /may have run/));
    assert.deepEqual(socket.taken(), []);
  });

  test('a payload that is no JSON fails alone', async () => {
    opened();
    const circle = {};
    circle.circle = circle;
    await assert.rejects(channel.request('a', circle), TypeError);
    await assert.rejects(channel.send('a', 1n), TypeError);
    assert.deepEqual(FakeSocket.newest.taken(), []);
  });

  test('more than 4,096 of them are refused until some are done with', async () => {
    opened();
    const calls = Array.from({ length: 4_096 }, () => channel.request('a', 1, { timeout: 100 }).catch(() => {}));
    await assert.rejects(channel.request('one', 'more'), failsWith('full'));
    mock.timers.tick(100);
    await Promise.all(calls);
    channel.send('again').catch(() => {});
    assert.equal(FakeSocket.newest.written.at(-1).method, 'again');
  });
});

suite('Events that go out', () => {
  test('without a reader an event is sent when it is written', async () => {
    opened();
    await channel.send('progress', 40);
    const { type, method, payload } = FakeSocket.newest.written[0];
    assert.deepEqual([type, method, payload], ['event', 'progress', 40]);
    assert.deepEqual(reconnect().taken(), []);
  });

  test('with a reader an event is sent when it is acknowledged, alone or among others', async () => {
    opened({ reader: 'r' });
    const done = [];
    for (const number of [1, 2, 3]) channel.send('progress', number).then(() => done.push(number));
    const ids = FakeSocket.newest.taken().map(({ id }) => id);
    await settled();
    assert.deepEqual(done, []);
    FakeSocket.newest.tell({ ack: ids[1] });
    await settled();
    assert.deepEqual(done, [2]);
    FakeSocket.newest.tell({ ack: [ids[0], ids[2], 'unknown'] });
    await settled();
    assert.deepEqual(done, [2, 1, 3]);
  });

  test('what was not acknowledged is told again, the same, in order, and before what came later', async () => {
    opened({ reader: 'r' });
    for (const number of [1, 2, 3, 4]) channel.send('n', number).catch(() => {});
    const first = FakeSocket.newest.taken();
    FakeSocket.newest.tell({ ack: first[1].id });
    FakeSocket.newest.lose();
    channel.send('n', 5).catch(() => {});
    mock.timers.tick(longestPause);
    FakeSocket.newest.open();
    const second = FakeSocket.newest.taken();
    assert.deepEqual(second.map(({ payload }) => payload), [1, 3, 4, 5]);
    assert.deepEqual(second.slice(0, 3), [first[0], first[2], first[3]]);
    FakeSocket.newest.tell({ ack: second.map(({ id }) => id) });
    assert.deepEqual(reconnect().taken(), []);
  });

  test('more than 4,096 that are not acknowledged are refused', async () => {
    channel = connect(address, { WebSocket: FakeSocket, reader: 'r' });
    for (let number = 0; number < 4_096; number += 1) channel.send('n', number).catch(() => {});
    await assert.rejects(channel.send('n', 'more'), failsWith('full'));
    FakeSocket.newest.open();
    await assert.rejects(channel.send('n', 'more'), failsWith('full'));
    FakeSocket.newest.tell({ ack: FakeSocket.newest.written[0].id });
    channel.send('n', 'last').catch(() => {});
    assert.equal(FakeSocket.newest.written.length, 4_097);
  });

  test('a socket that holds 16 MiB is given no more', async () => {
    opened();
    FakeSocket.newest.bufferedAmount = (16 << 20) + 1;
    await assert.rejects(channel.send('n', 1), failsWith('full'));
    FakeSocket.newest.bufferedAmount = 0;
    await channel.send('n', 2);
    assert.equal(FakeSocket.newest.written.length, 1);
  });

  for (const code of [1002, 1007, 1009]) {
    test(`what is closed for with ${code} is not told again`, async () => {
      opened({ reader: 'r' });
      const event = channel.send('long', 1);
      FakeSocket.newest.lose(code, 'too long');
      await assert.rejects(event, failsWith('refused', /too long/));
      assert.equal(channel.state, 'connecting');
    });
  }

  test('what the server refuses is not told again; what it has not seen yet is', async () => {
    opened({ reader: 'r' });
    const event = channel.send('bad', 1);
    const request = channel.request('sum');
    FakeSocket.newest.tell({ refused: 'line 1: no' });
    await assert.rejects(event, failsWith('refused', /line 1: no/));
    await assert.rejects(request, failsWith('refused'));
    assert.equal(channel.state, 'connecting');
    assert.deepEqual(errors.map(({ code }) => code), ['refused']);
    channel.send('good', 2).catch(() => {});
    mock.timers.tick(longestPause);
    FakeSocket.newest.open();
    assert.deepEqual(FakeSocket.newest.taken().map(({ method }) => method), ['good']);
  });

  test('a server that refuses again and again is asked more and more seldom', () => {
    opened();
    for (let attempt = 0; attempt < 9; attempt += 1) {
      FakeSocket.newest.tell({ refused: 'no' });
      mock.timers.tick(longestPause);
      FakeSocket.newest.open();
    }
    FakeSocket.newest.tell({ refused: 'no' });
    const count = FakeSocket.all.length;
    mock.timers.tick(4_999);
    assert.equal(FakeSocket.all.length, count);
  });
});

suite('Events that come', () => {
  for (const [pattern, name, isWanted] of [
    ['progress', 'progress', true],
    ['progress', 'progress2', false],
    ['progress', 'my progress', false],
    ['*', '', true],
    ['db.*', 'db.', true],
    ['db.*', 'db.insert.row', true],
    ['db.*', 'dbx', false],
    ['*.done', 'db.done', true],
    ['*.done', 'db.done.', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['a**', 'a\nb', true],
    ['(a|b)+[^c]', '(a|b)+[^c]', true],
    ['a?', 'a', false],
    ['a$', 'a$', true],
  ]) {
    test(`${JSON.stringify(pattern)} ${isWanted ? 'means' : 'does not mean'} ${JSON.stringify(name)}`, () => {
      opened();
      let count = 0;
      channel.on(pattern, () => { count += 1; });
      FakeSocket.newest.event('1', name, null);
      assert.equal(count, isWanted ? 1 : 0);
    });
  }

  test('a listener gets payload and message, until it is stopped', () => {
    opened();
    const got = [];
    const stop = channel.on('a', (payload, message) => got.push([payload, message.id]));
    FakeSocket.newest.event('1', 'a', { b: 1 });
    FakeSocket.newest.tell({ id: '2', type: 'event', method: 'a' });
    stop();
    FakeSocket.newest.event('3', 'a', 1);
    assert.deepEqual(got, [[{ b: 1 }, '1'], [null, '2']]);
  });

  test('without a reader nothing is acknowledged', async () => {
    opened();
    FakeSocket.newest.event('1', 'a', 1);
    await turn();
    assert.deepEqual(FakeSocket.newest.taken(), []);
  });

  test('all that are done with in one turn are acknowledged by one message, listened to or not', async () => {
    opened({ reader: 'r' });
    channel.on('a', () => {});
    for (const id of ['1', '2', '3']) FakeSocket.newest.event(id, id === '2' ? 'unknown' : 'a', 1);
    await turn();
    assert.deepEqual(FakeSocket.newest.acknowledged().map((ids) => ids.sort()), [['1', '2', '3']]);
  });

  test('a message acknowledges 1,024 at most', async () => {
    opened({ reader: 'r' });
    for (let id = 0; id < 2_050; id += 1) FakeSocket.newest.event(`${id}`, 'a', 1);
    await turn();
    assert.deepEqual(FakeSocket.newest.acknowledged().map(({ length }) => length), [1_024, 1_024, 2]);
  });

  test('a message acknowledges a million characters at most, or one id that is longer', async () => {
    opened({ reader: 'r' });
    const [long, longer] = ['a', 'b'].map((letter) => letter.repeat(400_000));
    for (const id of ['1', long, longer, 'c'.repeat(2_000_000), '2']) FakeSocket.newest.event(id, 'a', 1);
    await turn();
    const lengths = FakeSocket.newest.acknowledged().map((ids) => ids.map(({ length }) => length));
    assert.deepEqual(lengths, [[1, 400_000, 400_000], [2_000_000], [1]]);
  });

  test('of ids that are done with eight million characters are remembered', async () => {
    opened({ reader: 'r' });
    const heard = [];
    channel.on('*', (_, { id }) => heard.push(id[0]));
    const ids = [...'abcdefghij'].map((letter) => letter.repeat(1 << 20));
    for (const id of ids) FakeSocket.newest.event(id, 'a', 1);
    await turn();
    for (const id of ids.slice(2)) FakeSocket.newest.event(id, 'a', 1);
    FakeSocket.newest.event(ids[0], 'a', 1);
    await turn();
    assert.equal(heard.join(''), 'abcdefghija');
  });

  test('an end that reads no acknowledgements is left, and told again later', async () => {
    opened({ reader: 'r' });
    const socket = FakeSocket.newest;
    socket.bufferedAmount = 17 << 20;
    socket.event('1', 'a', 1);
    await turn();
    assert.deepEqual([socket.taken(), socket.isClosed, channel.state], [[], true, 'connecting']);
    mock.timers.tick(longestPause);
    FakeSocket.newest.open();
    FakeSocket.newest.event('1', 'a', 1);
    await turn();
    assert.deepEqual(FakeSocket.newest.acknowledged(), [['1']]);
  });

  test('a hidden page, whose timers are late, acknowledges without one', async () => {
    opened({ reader: 'r' });
    page.hidden = true;
    FakeSocket.newest.event('1', 'a', 1);
    await settled();
    assert.deepEqual(FakeSocket.newest.acknowledged(), [['1']]);
  });

  test('an event is acknowledged when all its listeners are through, and not by those who take longer', async () => {
    opened({ reader: 'r' });
    const finishers = [];
    const slow = () => new Promise((resolve) => finishers.push(resolve));
    channel.on('slow', slow);
    channel.on('*', slow);
    FakeSocket.newest.event('1', 'slow', 1);
    channel.on('*', slow);
    finishers[0]();
    await turn();
    assert.deepEqual(FakeSocket.newest.acknowledged(), []);
    finishers[1]();
    await turn();
    assert.deepEqual(FakeSocket.newest.acknowledged(), [['1']]);
  });

  test('what is told again is not heard again, but acknowledged again', async () => {
    opened({ reader: 'r' });
    const heard = [];
    channel.on('*', (_, { id }) => heard.push(id));
    FakeSocket.newest.event('1', 'a', 1);
    await turn();
    assert.deepEqual(FakeSocket.newest.acknowledged(), [['1']]);
    const socket = reconnect();
    socket.event('1', 'a', 1);
    socket.event('2', 'a', 1);
    await turn();
    assert.deepEqual(heard, ['1', '2']);
    assert.deepEqual(socket.acknowledged(), [['1', '2']]);
  });

  test('what was done with when the connection was lost is acknowledged when it is told again', async () => {
    opened({ reader: 'r' });
    FakeSocket.newest.event('1', 'a', 1);
    await settled();
    FakeSocket.newest.lose();
    await turn();
    mock.timers.tick(longestPause);
    FakeSocket.newest.open();
    await turn();
    assert.deepEqual(FakeSocket.newest.acknowledged(), []);
    FakeSocket.newest.event('1', 'a', 1);
    await turn();
    assert.deepEqual(FakeSocket.newest.acknowledged(), [['1']]);
  });

  test('what is told again while a listener is at it is acknowledged once, on the new connection', async () => {
    opened({ reader: 'r' });
    let finish;
    let count = 0;
    channel.on('a', () => {
      count += 1;
      return new Promise((resolve) => { finish = resolve; });
    });
    FakeSocket.newest.event('1', 'a', 1);
    const socket = reconnect();
    socket.event('1', 'a', 1);
    await turn();
    assert.deepEqual(socket.acknowledged(), []);
    finish();
    await turn();
    assert.deepEqual(socket.acknowledged(), [['1']]);
    assert.equal(count, 1);
  });

  test('the last 65,536 ids are known, and no more', async () => {
    opened({ reader: 'r' });
    let count = 0;
    channel.on('*', () => { count += 1; });
    const { newest } = FakeSocket;
    for (let id = 0; id <= 65_536; id += 1) newest.event(`${id}`, 'a', 1);
    await turn();
    newest.event('1', 'a', 1);
    newest.event('65536', 'a', 1);
    assert.equal(count, 65_537);
    newest.event('0', 'a', 1);
    assert.equal(count, 65_538);
  });

  for (const [how, fail] of [
    ['throws', () => { throw new Error('full disk'); }],
    ['fails later', async () => { await null; throw new Error('full disk'); }],
  ]) {
    test(`an event whose listener ${how} is not acknowledged, and heard again after the next connection`, async () => {
      opened({ reader: 'r' });
      let attempts = 0;
      let others = 0;
      channel.on('a', () => (++attempts === 1 ? fail() : null));
      channel.on('*', () => { others += 1; });
      FakeSocket.newest.event('1', 'a', 1);
      await turn();
      assert.deepEqual(FakeSocket.newest.acknowledged(), []);
      assert.deepEqual(errors.map(({ message }) => message), ['full disk']);
      const socket = reconnect();
      socket.event('1', 'a', 1);
      await turn();
      assert.deepEqual([attempts, others], [2, 2]);
      assert.deepEqual(socket.acknowledged(), [['1']]);
    });
  }

  test('closing the channel acknowledges what is done with first', async () => {
    opened({ reader: 'r' });
    FakeSocket.newest.event('1', 'a', 1);
    await settled();
    channel.close();
    assert.deepEqual(FakeSocket.newest.acknowledged(), [['1']]);
  });

  test('what is no message is reported or passed over, and harms nothing', async () => {
    opened();
    const { newest } = FakeSocket;
    newest.tell('{"type":');
    for (const text of ['null', '1', '"refused"', '[]', '{}', '{"type":"new"}']) newest.tell(text);
    newest.tell({ type: 'response', reply_to: 'unknown', payload: 1 });
    await settled();
    assert.deepEqual(errors.map(({ code }) => code), ['error']);
    assert.equal(channel.state, 'open');
  });
});

suite('Loops over events', () => {
  test('a loop gets events from the call on, in order, and ends with its channel', async () => {
    opened();
    const events = channel.events('a*');
    for (const [id, name] of [['1', 'a'], ['2', 'b'], ['3', 'ab']]) FakeSocket.newest.event(id, name, null);
    const got = [];
    const loop = (async () => {
      for await (const { id } of events) got.push(id);
    })();
    await settled();
    FakeSocket.newest.event('4', 'a', null);
    await settled();
    channel.close();
    await loop;
    assert.deepEqual(got, ['1', '3', '4']);
    assert.deepEqual(await channel.events('a').next(), { value: undefined, done: true });
  });

  test('an event is acknowledged when the loop asks for the next one', async () => {
    opened({ reader: 'r' });
    const events = channel.events('a');
    FakeSocket.newest.event('1', 'a', 1);
    FakeSocket.newest.event('2', 'a', 1);
    await events.next();
    await turn();
    assert.deepEqual(FakeSocket.newest.acknowledged(), []);
    await events.next();
    await turn();
    assert.deepEqual(FakeSocket.newest.acknowledged(), [['1']]);
    events.next();
    await turn();
    assert.deepEqual(FakeSocket.newest.acknowledged(), [['2']]);
  });

  test('a loop that is left has not taken over what it had, nor what waited: they come again', async () => {
    opened({ reader: 'r' });
    const events = channel.events('a');
    for (const id of ['1', '2', '3']) FakeSocket.newest.event(id, 'a', 1);
    await assert.rejects(async () => {
      for await (const { id } of events) if (id === '2') throw new Error('of the loop');
    }, /of the loop/);
    await turn();
    assert.deepEqual(FakeSocket.newest.acknowledged(), [['1']]);
    assert.deepEqual(errors, []);
    const again = channel.events('a');
    const socket = reconnect();
    socket.event('2', 'a', 1);
    socket.event('3', 'a', 1);
    assert.equal((await again.next()).value.id, '2');
    assert.equal((await again.next()).value.id, '3');
  });

  test('a loop that waits is ended by return, and hears nothing more', async () => {
    opened();
    const events = channel.events('a');
    const waiting = [events.next(), events.next()];
    await events.return();
    assert.deepEqual(await Promise.all(waiting), Array(2).fill({ value: undefined, done: true }));
    FakeSocket.newest.event('1', 'a', 1);
    assert.equal((await events.next()).done, true);
  });

  test('those who ask at once get one event each', async () => {
    opened({ reader: 'r' });
    const events = channel.events('a');
    const waiting = [events.next(), events.next()];
    FakeSocket.newest.event('1', 'a', 1);
    FakeSocket.newest.event('2', 'a', 1);
    assert.deepEqual((await Promise.all(waiting)).map(({ value }) => value.id), ['1', '2']);
  });

  test('without a reader a loop that is 4,096 events behind gets those, and fails', async () => {
    opened();
    const events = channel.events('a');
    for (let id = 0; id < 4_097; id += 1) FakeSocket.newest.event(`${id}`, 'a', 1);
    let count = 0;
    await assert.rejects(async () => {
      for await (const { id } of events) assert.equal(id, `${count++}`);
    }, failsWith('full'));
    assert.equal(count, 4_096);
  });

  test('with a reader it may be further behind: the server sees to it', async () => {
    opened({ reader: 'r' });
    const events = channel.events('a');
    for (let id = 0; id < 4_097; id += 1) FakeSocket.newest.event(`${id}`, 'a', 1);
    for (let id = 0; id < 4_097; id += 1) assert.equal((await events.next()).value.id, `${id}`);
  });

  test('a loop fails when the server does not let the page in', async () => {
    opened();
    const waiting = channel.events('a').next();
    FakeSocket.newest.lose(1008, 'not for you');
    await assert.rejects(waiting, failsWith('refused', /not for you/));
  });
});

suite('Answers', () => {
  test('an end that reads no answers is left', async () => {
    opened();
    channel.respond('*', () => 1);
    const socket = FakeSocket.newest;
    socket.bufferedAmount = 17 << 20;
    socket.tell({ id: '1', timestamp: 1, type: 'request', method: 'a' });
    await turn();
    assert.deepEqual([socket.taken(), socket.isClosed, channel.state], [[], true, 'connecting']);
  });

  const ask = (method, payload) => FakeSocket.newest.tell({ id: 'q', timestamp: 1, type: 'request', method, payload });

  test('a handler answers with what it gives, at once or later', async () => {
    opened();
    channel.respond('sum', ([a, b]) => a + b);
    channel.respond('slow.*', async (payload, { method }) => `${method} ${payload}`);
    ask('sum', [1, 2]);
    ask('slow.one', 'x');
    await settled();
    const answers = FakeSocket.newest.taken();
    assert.deepEqual(answers.map(({ type, reply_to, payload }) => [type, reply_to, payload]), [
      ['response', 'q', 3],
      ['response', 'q', 'slow.one x'],
    ]);
    assert.notEqual(answers[0].id, answers[1].id);
  });

  test('a handler that fails, gives no JSON, or is not there answers with an error', async () => {
    opened();
    channel.respond('fail', () => { throw new Error('no'); });
    channel.respond('text', () => Promise.reject('just text'));
    channel.respond('huge', () => 1n);
    channel.respond('gone', () => 1)();
    for (const method of ['fail', 'text', 'huge', 'gone']) ask(method, null);
    await settled();
    const answers = FakeSocket.newest.taken();
    assert.deepEqual(answers.map(({ error }) => error).sort(), [
      'Do not know how to serialize a BigInt', 'just text', 'no', 'nobody answers "gone" here',
    ]);
    assert.ok(answers.every((answer) => answer.type === 'response' && !('payload' in answer)));
  });

  test('an answer goes to whoever asked, and to nobody else', async () => {
    opened();
    let finish;
    channel.respond('slow', () => new Promise((resolve) => { finish = resolve; }));
    ask('slow', null);
    const socket = reconnect();
    finish(1);
    await settled();
    assert.deepEqual(socket.taken(), []);
    assert.deepEqual(FakeSocket.all[0].taken(), []);
  });
});
