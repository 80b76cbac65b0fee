import { test } from 'tap';
import { jsonLine, makeLog, textLine } from '../../../server/relay/log.js';
import { ManualClock } from '../../support/manual-clock.js';

const TIME = '2026-01-01T00:00:00.000Z';
const hostile = 'x\n2026 logged-in username=bob\r\u001b[2J\u009b31m\u2028\u202e\u200b\u007f"\\';

test('the first line', async (t) => {
  const fields = { host: '127.0.0.1', port: 8081 };
  t.match(textLine('listening', fields, TIME), /^MessageApp relay listening on 127\.0\.0\.1:8081 /);
  t.match(textLine('listening', { host: '::1', port: 1 }, TIME), /^MessageApp relay listening on \[::1\]:1 /);
  t.equal(jsonLine('listening', fields, TIME), `{"event":"listening","host":"127.0.0.1","port":8081,"time":"${TIME}"}`);
});

test('a line an event', async (t) => {
  t.equal(textLine('call', { caller: 'alice', receiver: 'bob', detail: undefined, n: 1 }, TIME),
    `${TIME} call caller=alice receiver=bob n=1`);
  t.equal(textLine('problem', { detail: 'two words' }, TIME), `${TIME} problem detail="two words"`);
});

test('nothing that peers chose starts a line or reaches a terminal (F1, F2)', async (t) => {
  for (const line of [textLine('refused', { detail: hostile }, TIME), jsonLine('refused', { detail: hostile }, TIME)]) {
    t.match(line, /^[\x20-\x7e]+$/);
  }
  t.equal(JSON.parse(jsonLine('refused', { detail: hostile }, TIME)).detail, hostile, 'JSON says exactly the same');
  t.match(textLine('refused', { detail: 'username=bob' }, TIME), /detail="username=bob"$/, 'a value cannot look like a field');
});

test('makeLog', async (t) => {
  const lines: string[] = [];
  makeLog('json', new ManualClock(0), (line) => lines.push(line))('closed');
  makeLog('text', new ManualClock(0), (line) => lines.push(line))('closed');
  t.same(lines, ['{"event":"closed","time":"1970-01-01T00:00:00.000Z"}\n', '1970-01-01T00:00:00.000Z closed\n']);
});
