import { createPrivateKey } from 'node:crypto';
import { PassThrough, duplexPair } from 'node:stream';
import { runJsonLines } from '../../../client/ui/json-lines/json-lines.js';
import type { Engine } from '../../../client/engine/engine.js';
import { decode } from '../../../common/bytes/codec.js';
import { answer, finish, respond, wipeKeys } from '../../../common/crypto/exchange.js';
import { privateIdentity, type PublicIdentity } from '../../../common/crypto/identity.js';
import { sha256 } from '../../../common/crypto/node.js';
import { type EphemeralKey, RsaEphemeral, suiteById, X25519Ephemeral } from '../../../common/crypto/suite.js';
import { HandshakeError, WireError } from '../../../common/errors.js';
import { readHandshakeCell } from '../../../common/transport/cells.js';
import { body1, body2 } from '../../../common/wire/bodies.js';
import { CELL } from '../../../common/wire/limits.js';
import { seeded } from '../../support/mutations.js';
import { exchanges, type ExchangeVector, identityOf, keys } from '../fixtures.js';
import { bytesOf, check, type Target } from '../target.js';
import { FakeEngine, ready } from '../../support/fake-engine.js';
import { ManualClock } from '../../support/manual-clock.js';
import { eventNames } from './events.js';
import { jsonTokens } from './texts.js';

/** One side of an exchange, before a body that was changed on its way. */
const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');
const publicOf = (pem: string): PublicIdentity => privateIdentity(createPrivateKey(pem)).public;
const own = { identity: identityOf(keys.alice), certificates: [] };
const name = (v: ExchangeVector) => `${v.username === '' ? 'peers' : 'login'}, suite ${v.suite}`;

const ephemeralOf = (v: ExchangeVector): EphemeralKey => {
  const key = createPrivateKey(v.ephemeralKey);
  return v.suite === 1 ? new RsaEphemeral(key) : new X25519Ephemeral(key);
};

const noCertificates = (key: PublicIdentity) => (certificates: readonly Buffer[]): PublicIdentity => {
  if (certificates.length > 0) throw new WireError('malformed', 'certificates');
  return key;
};

const supported = (offered: readonly number[]): EphemeralKey => {
  if (!offered.some((id) => suiteById(id))) throw new HandshakeError('no-common-suite', 'none');
  return new X25519Ephemeral(keyOf25519);
};
const keyOf25519 = createPrivateKey(exchanges[1]!.ephemeralKey);

const first = (v: ExchangeVector): Target => ({
  name: `M1 taken, ${name(v)}`, covers: [], errors: ['malformed', 'no-common-suite'], inputs: 600, seeds: [hex(v.body1)],
  async run(input) {
    const named = v.username !== '';
    const { username, body2: said, expecting } = await respond({
      t0: hex(v.t0), received: input, named, certificates: [], identity: own.identity, ephemeral: async (offered) => supported(offered),
    });
    check((username !== '') === named && decode(body1, input).username === username, 'another name');
    check(decode(body2, said).suite === expecting.ephemeral.suite.id, 'another suite');
    expecting.ephemeral.destroy();
  },
});

/** What is not exactly what was signed goes no further. */
const second = (v: ExchangeVector): Target => {
  const responder = publicOf(v.responderKey);
  const t1 = sha256(hex(v.t0), hex(v.body1));
  const suites = decode(body1, hex(v.body1)).suites.flatMap((id) => suiteById(id) ?? []);
  return {
    name: `M2 taken, ${name(v)}`, covers: [], errors: ['malformed', 'no-common-suite', 'bad-public-key', 'bad-signature'], inputs: 800, seeds: [hex(v.body2)],
    async run(input) {
      const { keys: made } = await answer({ t1, suites }, input, own, noCertificates(responder));
      check(input.equals(hex(v.body2)), 'takes what nobody signed');
      wipeKeys(made);
    },
  };
};

const third = (v: ExchangeVector): Target => {
  const initiator = publicOf(v.initiatorKey);
  const t2 = sha256(sha256(hex(v.t0), hex(v.body1)), hex(v.body2));
  return {
    name: `M3 taken, ${name(v)}`, covers: [], errors: ['malformed', 'bad-signature', 'bad-share'], inputs: v.suite === 1 ? 500 : 1_000, seeds: [hex(v.body3)],
    run(input) {
      wipeKeys(finish({ t2, ephemeral: ephemeralOf(v) }, input, noCertificates(initiator)));
      check(input.equals(hex(v.body3)), 'takes what nobody signed');
    },
  };
};

const cell = hex(exchanges[0]!.body1);

const stream: Target = {
  name: 'stream of handshake cells', covers: ['common/transport/cells.ts readHandshakeCell'], errors: ['truncated'], inputs: 800, max: 3 * CELL,
  seeds: [Buffer.concat([cell, Buffer.alloc(CELL - cell.length)]), Buffer.alloc(2 * CELL + 5, 1)],
  async run(input) {
    const [near, far] = duplexPair();
    const reading = readHandshakeCell(near, new AbortController().signal);
    reading.catch(() => undefined);
    const random = seeded(input.length);
    for (let at = 0, size = 0; at < input.length; at += size) {
      size = 1 + random(random(3) === 0 ? 30 : 4_000);
      far.write(input.subarray(at, at + size));
      if (random(3) === 0) await new Promise(setImmediate);
    }
    far.end();
    try {
      const read = await reading;
      check(read.equals(input.subarray(0, CELL)), 'another cell');
    } finally {
      near.destroy();
      far.destroy();
    }
    check(input.length >= CELL, 'a cell of fewer bytes');
  },
};

const jsonLines: Target = {
  name: 'JSON lines', covers: [], errors: [], inputs: 1_000, tokens: [...jsonTokens, ...bytesOf('\n')], max: 3_000,
  seeds: bytesOf('{"do":"list"}\n{"do":"chat","with":"bob"}\n', '{"do":"say","with":"bob","text":"grüße"}\n\n{"do":"exit"}', 'no JSON\n{"do":1}\n'),
  async run(input) {
    const engine = new FakeEngine((command) => (command.do === 'exit' ? [{ event: 'closed', status: 0, text: 'Goodbye.' }] : []));
    const [given, output] = [new PassThrough(), new PassThrough()];
    let written = '';
    output.on('data', (chunk: Buffer) => (written += chunk.toString()));
    const signals = ['SIGTERM', 'SIGINT'] as const;
    const before = signals.map((signal) => process.listeners(signal));
    const status = runJsonLines(engine as unknown as Engine, { input: given, output }, new ManualClock());
    engine.say(ready);
    given.end(input);
    check(await status === 0, 'another exit status');
    for (const [at, signal] of signals.entries()) {
      for (const listener of process.listeners(signal)) if (!before[at]!.includes(listener)) process.off(signal, listener);
    }
    for (const line of written.split('\n').slice(0, -1)) {
      const event = JSON.parse(line) as Record<string, unknown>;
      check(eventNames.has(event['event'] as string) && typeof event['time'] === 'number', `writes ${line}`);
    }
    return `${Math.min(engine.done.length, 4)} commands`;
  },
};

export const exchangeTargets: readonly Target[] = [...exchanges.flatMap((v) => [first(v), second(v), third(v)]), stream, jsonLines];
