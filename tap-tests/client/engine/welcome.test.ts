import { test } from 'tap';
import { readWelcome } from '../../../client/engine/welcome.js';

const usual = { messages: 10, windowMs: 5_000 };
const rate = (messages: unknown, seconds: unknown) => readWelcome(JSON.stringify({ rate: { messages, seconds } }));

test('what the server says', async (t) => {
  t.same(readWelcome('{"text":"User Login Complete!","rate":{"messages":10,"seconds":5},"idle":1800,"ring":60}'), usual);
  t.same(rate(100, 0.5), { messages: 100, windowMs: 500 });
  t.same(rate(1, 3_600), { messages: 1, windowMs: 3_600_000 });
  t.same(rate(2.9, 1), { messages: 2, windowMs: 1_000 });
  t.same(readWelcome('{"new":true,"rate":{"messages":7,"seconds":2,"burst":3}}'), { messages: 7, windowMs: 2_000 }, 'unknown keys');
});

test('what makes no sense is replaced', async (t) => {
  const values = [0, -1, 0.5, 1e9, '5', null, [], {}, true];
  for (const value of values) t.same(rate(value, 5), usual, `messages ${JSON.stringify(value)}`);
  for (const value of [0, -1, 1e9, '5', null, [], {}, 0.0001]) t.same(rate(5, value), usual, `seconds ${JSON.stringify(value)}`);
  for (const json of ['', 'x', 'null', '[]', '3', '"rate"', '{}', '{"rate":null}', '{"rate":5}', '{"rate":[1,2]}', '{"__proto__":{"rate":{"messages":1,"seconds":1}}}']) {
    t.same(readWelcome(json), usual, json);
  }
  t.equal(({} as { rate?: unknown }).rate, undefined);
});
