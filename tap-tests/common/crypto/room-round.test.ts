import { test } from 'tap';
import { encode } from '../../../common/bytes/codec.js';
import { sha256 } from '../../../common/crypto/node.js';
import {
  commitmentsHash, commitmentTo, epochHash, epochSecrets, openOnce, roundHash, roundTranscript, sealOnce, signedContribution,
} from '../../../common/crypto/room-round.js';
import { body1 } from '../../../common/wire/bodies.js';
import { roomKinds } from '../../../common/wire/room-commands.js';
import type { Start } from '../../../common/wire/room-round.js';

const hash = (what: string) => sha256(what);
const party = (username: string) => ({ username, fingerprint: hash(`key of ${username}`) });
const opening: Start = {
  epoch: 2, head: hash('head'), before: hash('before'), commitment: hash('c'), names: ['alice', 'bob', 'user3'],
  body1: encode(body1, { username: '', suites: [2], nonce: Buffer.alloc(32, 1) }),
};

/** That none of them is another. */
const allDiffer = (hashes: readonly Buffer[]) => new Set(hashes.map((each) => each.toString('hex'))).size === hashes.length;

test('a commitment is of one member, and to one nonce', async (t) => {
  const nonce = hash('nonce');
  const of = commitmentTo(party('alice'), nonce);
  t.same(of, sha256('MessageApp/2 room commitment', party('alice').fingerprint, nonce));
  t.ok(allDiffer([of, commitmentTo(party('bob'), nonce), commitmentTo(party('alice'), hash('another'))]), 'a copied one is of no use');
});

test('S: every field of the start, the room and the leader', async (t) => {
  const edits: Partial<Start>[] = [
    {}, { epoch: 3 }, { head: hash('x') }, { before: hash('x') }, { commitment: hash('x') }, { names: ['alice', 'bob'] },
    { names: ['bob', 'alice', 'user3'] }, { body1: encode(body1, { username: '', suites: [1], nonce: Buffer.alloc(32, 1) }) },
  ];
  const all = edits.map((edit) => roundHash('club', 'alice', { ...opening, ...edit }));
  t.ok(allDiffer([...all, roundHash('clubs', 'alice', opening), roundHash('club', 'bob', opening)]));
  t.same(roundHash('club', 'alice', opening), all[0]);
});

test('t0: the round, and who is which', async (t) => {
  const s = roundHash('club', 'alice', opening);
  const other = { username: 'bob', fingerprint: hash('another') };
  t.ok(allDiffer([
    roundTranscript(s, party('alice'), party('bob')), roundTranscript(s, party('bob'), party('alice')),
    roundTranscript(s, party('alice'), party('user3')), roundTranscript(s, party('alice'), other), roundTranscript(hash('s'), party('alice'), party('bob')),
  ]));
});

test('C, what is signed, and T: nothing of them can be another', async (t) => {
  const s = roundHash('club', 'alice', opening);
  const list = ['alice', 'bob', 'user3'].map((name) => ({ name, commitment: hash(`c of ${name}`) }));
  const said = { round: s.subarray(0, 16), list };
  const c = commitmentsHash(s, said);
  t.ok(allDiffer([
    c, commitmentsHash(s, { ...said, list: list.slice(0, 2) }), commitmentsHash(s, { ...said, list: [list[1]!, list[0]!, list[2]!] }),
    commitmentsHash(s, { ...said, list: [list[0]!, { ...list[1]!, commitment: hash('x') }, list[2]!] }),
    commitmentsHash(Buffer.concat([s.subarray(0, 16), Buffer.alloc(16)]), said),
  ]), 'all of S, not its first half alone');
  t.ok(allDiffer([
    signedContribution(c, 'alice', hash('n')), signedContribution(c, 'bob', hash('n')), signedContribution(c, 'alice', hash('m')), signedContribution(s, 'alice', hash('n')),
  ]));
  t.ok(allDiffer([
    epochHash('club', opening, c), epochHash('clubs', opening, c), epochHash('club', { ...opening, epoch: 3 }, c), epochHash('club', { ...opening, head: hash('x') }, c),
    epochHash('club', { ...opening, before: hash('x') }, c), epochHash('club', opening, hash('x')),
  ]));
});

const names = ['alice', 'bob', 'user3'];
const nonces = () => names.map((name) => hash(`nonce of ${name}`));
const outcome = (t: Buffer, of: readonly string[], given: readonly Buffer[]) => {
  const { chains, tags, number } = epochSecrets(t, of, given);
  return [...[...chains.values()].map(({ bytes }) => bytes), ...tags.values(), Buffer.from(number)];
};

test('an epoch: a chain and a tag for each, all different, and a number', async (t) => {
  const { chains, tags, number } = epochSecrets(hash('T'), names, nonces());
  t.same([...chains.keys()], names);
  t.same([...tags.keys()], names);
  t.ok(allDiffer([...[...chains.values()].map(({ bytes }) => bytes), ...tags.values()]));
  t.match(number, /^\d{5}( \d{5}){3}$/);
});

test('whatever goes in, in another way, comes out as another epoch', async (t) => {
  const same = outcome(hash('T'), names, nonces());
  t.same(outcome(hash('T'), names, nonces()), same);
  const [a, b, c] = nonces() as [Buffer, Buffer, Buffer];
  const others = { 'another T': [hash('U'), nonces()], 'another order': [hash('T'), [b, a, c]], 'one nonce': [hash('T'), [a, b, hash('x')]], 'one fewer': [hash('T'), [a, b]] } as const;
  for (const [why, [T, given]] of Object.entries(others)) {
    const other = outcome(T, names, given.map((each) => Buffer.from(each)));
    t.notOk(other.some((each, at) => each.equals(same[at]!)), why);
  }
});

test('the nonces are wiped', async (t) => {
  const given = nonces();
  epochSecrets(hash('T'), names, given);
  t.same(given, names.map(() => Buffer.alloc(32)));
});

test('a key that seals once: of one round, for one kind', async (t) => {
  const [key, round] = [hash('key'), hash('round').subarray(0, 16)];
  const sealed = sealOnce(key, round, 'share', hash('W'));
  t.equal(sealed.length, 48);
  t.same(openOnce(key, round, 'share', sealed), hash('W'));
  t.equal(openOnce(hash('other'), round, 'share', sealed), undefined, 'another key');
  t.equal(openOnce(key, hash('other').subarray(0, 16), 'share', sealed), undefined, 'another round');
  for (const kind of Object.keys(roomKinds) as (keyof typeof roomKinds)[]) {
    if (kind !== 'share') t.equal(openOnce(key, round, kind, sealed), undefined, kind);
  }
  for (let at = 0; at < sealed.length; at++) {
    const flipped = Buffer.from(sealed);
    flipped.writeUInt8(flipped.readUInt8(at) ^ 0x80, at);
    t.equal(openOnce(key, round, 'share', flipped), undefined, `byte ${at}`);
  }
  for (const length of [0, 15, 16, 47]) t.equal(openOnce(key, round, 'share', sealed.subarray(0, length)), undefined, `${length} bytes`);
});
