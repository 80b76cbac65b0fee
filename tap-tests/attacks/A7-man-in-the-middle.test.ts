import { test } from 'tap';
import { loginTranscript } from '../../common/crypto/exchange.js';
import { rsaSuite, suites, x25519Suite } from '../../common/crypto/suite.js';
import { MessageAppError } from '../../common/errors.js';
import { edIdentity, type ExchangeSetting, runExchange, sameKeys } from '../support/exchange-pair.js';
import { fieldOf, withstands } from '../support/attack-field.js';
import { TestServer } from '../support/test-server.js';
import { changedHandshake } from './live/A7-changed-handshake.js';

const [alice, bob] = [edIdentity(), edIdentity()];
const usual: ExchangeSetting = { t0: loginTranscript(), username: 'alice', initiator: alice, responder: bob };
type Change = readonly [name: string, change: (body: Buffer, at: number) => Buffer];

const changes: readonly Change[] = [
  ['lowest bit', (body, at) => xor(body, at, 1)],
  ['highest bit', (body, at) => xor(body, at, 0x80)],
  ['all bits', (body, at) => xor(body, at, 0xff)],
  ['dropped', (body, at) => Buffer.concat([body.subarray(0, at), body.subarray(at + 1)])],
  ['doubled', (body, at) => Buffer.concat([body.subarray(0, at + 1), body.subarray(at)])],
  ['inserted', (body, at) => Buffer.concat([body.subarray(0, at), Buffer.from([0]), body.subarray(at)])],
  ['cut off', (body, at) => body.subarray(0, at)],
];

function xor(body: Buffer, at: number, bits: number): Buffer {
  const copy = Buffer.from(body);
  copy.writeUInt8(copy.readUInt8(at) ^ bits, at);
  return copy;
}

/** What a change comes to: the code of the fault, or whether any key is the same on both sides. */
async function outcome(setting: ExchangeSetting): Promise<string> {
  try {
    const { initiator, responder } = await runExchange(setting);
    return sameKeys(initiator, responder) ? 'SAME KEYS' : 'different keys';
  } catch (error) {
    if (!(error instanceof MessageAppError)) throw error;
    return error.code;
  }
}

for (const suite of suites) {
  test(`A7: any byte of M1 to M3 changed, inserted or dropped (${suite.name})`, async (t) => {
    const { bodies } = await runExchange({ ...usual, suite });
    const outcomes = new Map<string, number>();
    for (const which of [1, 2, 3] as const) {
      const { length } = bodies[which - 1]!;
      const step = suite === rsaSuite ? 13 : 1;
      for (let at = 0; at < length; at += step) {
        for (const [name, change] of changes) {
          let changed = false;
          const way = (on: 1 | 2 | 3, body: Buffer) => {
            if (on !== which) return body;
            const other = change(body, Math.min(at, body.length - 1));
            changed = !other.equals(body);
            return other;
          };
          const came = await outcome({ ...usual, suite, way });
          outcomes.set(came, (outcomes.get(came) ?? 0) + 1);
          if (changed && came === 'SAME KEYS') t.fail(`M${which}, byte ${at}, ${name}`);
        }
      }
    }
    t.comment(JSON.stringify(Object.fromEntries(outcomes)));
    t.ok((outcomes.get('bad-signature') ?? 0) > 50 && (outcomes.get('malformed') ?? 0) > 50, 'both kinds of end were met');
    t.equal(outcomes.get('SAME KEYS') ?? 0, 0);
    t.equal(await outcome({ ...usual, suite }), 'SAME KEYS', 'and nothing changed is the usual');
  });
}

test('A7: suites rewritten on the way, to the weaker and to none', async (t) => {
  const rewritten = (numbers: number[]) => (which: 1 | 2 | 3, body: Buffer) =>
    (which === 1 ? Buffer.concat([body.subarray(0, 6), Buffer.from([numbers.length, ...numbers]), body.subarray(9)]) : body);
  for (const [numbers, suite] of [[[2], x25519Suite], [[1], rsaSuite], [[2, 1], x25519Suite], [[1, 2, 9], rsaSuite]] as const) {
    const came = await outcome({ ...usual, offered: [rsaSuite, x25519Suite], suite, way: rewritten([...numbers]) });
    t.equal(came, 'bad-signature', numbers.join());
  }
  t.equal(await outcome({ ...usual, offered: [rsaSuite, x25519Suite], suite: x25519Suite, way: rewritten([1, 2]) }), 'SAME KEYS', 'as it was');
});

test('A7: the number of the suite in M2 changed, with a key that fits it', async (t) => {
  const asOther = (which: 1 | 2 | 3, body: Buffer) => (which === 2 ? xor(body, 1, 3) : body);
  t.equal(await outcome({ ...usual, offered: suites, suite: x25519Suite, way: asOther }), 'malformed');
  t.equal(await outcome({ ...usual, offered: [x25519Suite], suite: x25519Suite, way: asOther }), 'no-common-suite');
});

test('A9: M3 of another run, and M2 of another run', async (t) => {
  const recorded = (await runExchange(usual)).bodies;
  for (const which of [2, 3] as const) {
    t.equal(await outcome({ ...usual, way: (on, body) => (on === which ? recorded[which - 1]! : body) }), 'bad-signature', `M${which}`);
  }
  t.equal(await outcome({ ...usual, way: (on) => recorded[on - 1]! }), 'bad-signature', 'all three');
});

test('A7: from outside, M1 and M3 changed on the way', async (t) => {
  await withstands(t, changedHandshake, fieldOf(t, await TestServer.start(t), 0.5));
});
