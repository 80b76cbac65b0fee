import { PassThrough } from 'node:stream';
import { type Test, test } from 'tap';
import type { Engine } from '../../../../client/engine/engine.js';
import type { Command, Emit, Event } from '../../../../client/engine/protocol.js';
import { runJsonLines } from '../../../../client/ui/json-lines/json-lines.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { until } from '../../../support/until.js';

class FakeEngine {
  readonly done: Command[] = [];
  started = false;
  #emit: Emit = () => undefined;

  listen(listener: Emit): () => void {
    this.#emit = listener;
    return () => undefined;
  }

  start(): void {
    this.started = true;
  }

  do(command: Command): void {
    this.done.push(command);
    if (command.do === 'exit') this.tell({ event: 'closed', status: 0, text: 'Goodbye.' });
  }

  tell(event: Event): void {
    this.#emit(event);
  }
}

const ready = { event: 'ready', user: 'alice', fingerprint: 'ab', server: {}, suite: 'rsa' } as unknown as Event;

function run(t: Test) {
  const [engine, input, output, clock] = [new FakeEngine(), new PassThrough(), new PassThrough(), new ManualClock()];
  const before = ['SIGINT', 'SIGTERM'].map((signal) => [signal, process.listeners(signal as 'SIGINT')] as const);
  const status = runJsonLines(engine as unknown as Engine, { input, output }, clock);
  t.teardown(() => {
    input.destroy();
    for (const [signal, listeners] of before) {
      for (const one of process.listeners(signal as 'SIGINT')) if (!listeners.includes(one)) process.off(signal, one);
    }
  });
  let text = '';
  output.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const events = () => text.split('\n').slice(0, -1).map((line) => JSON.parse(line) as { [key: string]: unknown });
  return { engine, input, output, status, events, clock, text: () => text };
}

test('commands wait for the login, in their order; then they go at once', async (t) => {
  const { engine, input } = run(t);
  t.ok(engine.started);
  input.write('{"do":"list"}\n{"do":"chat","with":"bob"}\n');
  await new Promise(setImmediate);
  t.same(engine.done, []);
  engine.tell(ready);
  t.same(engine.done, [{ do: 'list' }, { do: 'chat', with: 'bob' }]);
  input.write('{"do":"leave","with":"bob"}\n');
  await until('third', () => engine.done.length === 3);
  engine.tell(ready);
  t.equal(engine.done.length, 3, 'nothing twice after a reconnection');
});

test('one event a line, with its time, texts exactly as they are', async (t) => {
  const { engine, events, text, clock } = run(t);
  clock.advance(5);
  const wild = 'two\nlines\r\u001b[2J\u202e\u2028 "quoted" \0 😀';
  engine.tell({ event: 'message', with: 'bob', text: wild, sent: 9 });
  await until('event', () => events().length === 1);
  t.same(events(), [{ event: 'message', with: 'bob', text: wild, sent: 9, time: clock.wall() }]);
  t.equal(text().split('\n').length, 2);
});

test('a line that is no command gets an error, and the rest goes on', async (t) => {
  const { engine, input, events } = run(t);
  engine.tell(ready);
  input.write('rubbish\n\n   \n{"do":"fly"}\n{"do":"list"}\n');
  await until('command', () => engine.done.length === 1);
  t.same(events().slice(1).map(({ event, code }) => `${event} ${code}`), ['error malformed', 'error malformed']);
});

test('a line that is too long', async (t) => {
  const { engine, input, events } = run(t);
  engine.tell(ready);
  input.write(`"${'x'.repeat(600_000)}"\n{"do":"list"}\n`);
  await until('command', () => engine.done.length === 1);
  t.equal(events()[1]!['code'], 'too-long');
});

test('the end of input leaves, behind what was said, also without a line end', async (t) => {
  const { engine, input, status } = run(t);
  input.write('{"do":"list"}\n{"do":"chat","with":"bob"}');
  input.end();
  await new Promise(setImmediate);
  t.same(engine.done, [], 'it waits for the login as well');
  engine.tell(ready);
  t.equal(await status, 0);
  t.same(engine.done.map((command) => command.do), ['list', 'chat', 'exit']);
});

test('closed: the status is given once all events are written', async (t) => {
  const { engine, status, events, input } = run(t);
  engine.tell({ event: 'lost', text: 'gone', retry: 1 });
  engine.tell({ event: 'closed', status: 5, text: 'for good' });
  t.equal(await status, 5);
  t.equal(events().at(-1)!['event'], 'closed');
  t.ok(input.destroyed);
});

test('nobody reads the events any more', async (t) => {
  const { engine, output, status } = run(t);
  engine.tell(ready);
  output.destroy(new Error('EPIPE'));
  t.equal(await status, 0);
  t.same(engine.done, [{ do: 'exit' }]);
});
