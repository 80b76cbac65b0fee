import type { KeyObject } from 'node:crypto';
import { fingerprintOf, keyFrom, type Person, personWith, sha256 } from '../support/attacker/primitives.js';
import { action, type Head, knownAs, nextChange, unsignedChange } from '../support/attacker/room-change.js';
import { Epoch, roomType } from '../support/attacker/room-epoch.js';
import { Leader, type Setting } from '../support/attacker/room-leader.js';
import { Participant } from '../support/attacker/room-participant.js';
import { roomNumber, roundT0, senderChain, tagOf } from '../support/attacker/room-round.js';

/** Makes room.json, always the same: every key and nonce is a hash of what it is for. */
const bytes = (what: string): Buffer => sha256(`vectors of rooms: ${what}`);
const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }) as string;
const hex = (each: Uint8Array): string => Buffer.from(each).toString('hex');

const NAMES = ['alice', 'bob', 'user3', 'user4'] as const;
const people = new Map<string, Person>(NAMES.map((name) => [name, personWith(keyFrom('ed25519', bytes(`identity of ${name}`)))]));
const person = (name: string): Person => people.get(name)!;
const known = (name: string) => knownAs(name, person(name));

type Step = readonly [author: string, what: keyof typeof action, target: string];

function changesOf(room: string, steps: readonly Step[]): Head[] {
  const heads: Head[] = [];
  for (const [author, what, target] of steps) {
    const edit = heads.length ? {} : { previous: bytes(`identity of ${room}`) };
    heads.push(nextChange(room, heads.at(-1), known(author), action[what], known(target), person(author), edit));
  }
  return heads;
}

const said = ({ change, bytes: whole, hash }: Head) => ({
  number: change.number, previous: hex(change.previous), author: change.author.name, action: change.action, target: change.target.name,
  members: change.members.map(({ name, admin }) => ({ name, admin })),
  signature: hex(whole.subarray(unsignedChange(change).length + 2)), bytes: hex(whole), hash: hex(hash),
});

const ROOM = 'reading-club';
const main = changesOf(ROOM, [
  ['alice', 'make', 'alice'], ['alice', 'add', 'bob'], ['bob', 'add', 'user3'], ['user3', 'add', 'user4'],
  ['alice', 'admin', 'bob'], ['user4', 'leave', 'user4'], ['user3', 'add', 'user4'], ['bob', 'remove', 'user4'],
]);
const other = changesOf('r', [['alice', 'make', 'alice'], ['alice', 'add', 'bob'], ['alice', 'leave', 'alice'], ['bob', 'leave', 'bob']]);

/** A round of three, led by bob, in the order of its lines. */
function round() {
  const leader = 'bob';
  const before = { epoch: 3, T: bytes('T of epoch 3'), names: ['alice', 'bob'] };
  const { change, hash } = main.at(-1)!;
  const names = change.members.map(({ name }) => name);
  const key = (owner: string) => (peer: string) => keyFrom('x25519', bytes(`x25519 of ${owner} with ${peer}`));
  const given = (name: string) => ({ nonce: bytes(`nonce of ${name}`), W: bytes('W'), r: bytes(`R of ${name}`), key: key(name) });
  const setting = (own: string): Setting =>
    ({ room: ROOM, own, person: person(own), members: change.members, head: hash, keyOf: (name) => person(name).spki, before });

  const leading = new Leader(setting(leader), names, {}, given(leader));
  const others = names.filter((name) => name !== leader)
    .map((name) => ({ name, taking: new Participant(setting(name), leader, leading.startBody, {}, given(name)) }));
  for (const { name, taking } of others) leading.answer(name, taking.answer);
  const { commitments, shares } = leading.commit();
  for (const { taking } of others) taking.commitments(commitments);
  const contributed = others.map(({ name, taking }) => ({ name, body: taking.share(shares.find(([to]) => to === name)![1]) }));
  for (const { name, body } of contributed) leading.contribution(name, body);
  const contributions = leading.contributions();
  const tags = others.map(({ name, taking }) => ({ name, body: taking.contributions(contributions) }));
  for (const { name, body } of tags) leading.tag(name, body);
  const done = leading.done();
  for (const { taking } of others) taking.done(done);
  const agreement = leading.agreement!;
  const { T, PRK } = agreement;

  const vector = {
    leader, head: hex(hash), epoch: leading.start.epoch, before: { epoch: before.epoch, T: hex(before.T), participants: before.names },
    W: hex(bytes('W')), r1: hex(bytes(`R of ${leader}`)), nonce: hex(bytes(`nonce of ${leader}`)), commitment: hex(leading.start.commitment),
    start: hex(leading.startBody), S: hex(leading.S),
    others: others.map(({ name, taking }) => ({
      name, t0: hex(roundT0(leading.S, leader, name, person(leader).spki, person(name).spki)),
      initiatorKey: pem(key(leader)(name)), ephemeralKey: pem(key(name)(leader)), r2: hex(bytes(`R of ${name}`)),
      nonce: hex(bytes(`nonce of ${name}`)), answer: hex(taking.answer), share: hex(shares.find(([to]) => to === name)![1]),
      contribution: hex(contributed.find((each) => each.name === name)!.body), tag: hex(tags.find((each) => each.name === name)!.body),
    })),
    commitments: hex(commitments), C: hex(sha256(leading.S, commitments)), contributions: hex(contributions), T: hex(T), prk: hex(PRK),
    tags: names.map((name) => ({ name, tag: hex(tagOf(PRK, name)) })), done: hex(done),
    chains: names.map((name) => ({ name, chain0: hex(senderChain(PRK, name)) })), number: roomNumber(PRK),
  };
  return { vector, agreement };
}

const { vector, agreement } = round();

interface Said {
  readonly from: string;
  readonly type: number;
  readonly counter: number;
  readonly time: number;
  readonly content: string;
  readonly record: string;
  readonly A?: string;
}

/** What is said in that epoch, with A_n behind each text. */
function records() {
  const epochs = new Map(agreement.names.map((name) =>
    [name, new Epoch(agreement, name, person(name), (each) => person(each).spki)]));
  const reader = epochs.get('user3')!;
  const made: Said[] = [];
  let time = 1_800_000_000_000;
  const say = (from: string, type: number, content: Buffer) => {
    const record = epochs.get(from)!.seal(type, content, { time: (time += 250) });
    const { counter } = reader.open(from, record);
    const counts = type === roomType.text;
    if (counts) reader.count(record);
    made.push({ from, type, counter: Number(counter), time, content: hex(content), record: hex(record), ...(counts ? { A: hex(reader.A) } : {}) });
  };
  say('alice', roomType.text, Buffer.from('Good evening.'));
  say('bob', roomType.text, Buffer.from('Zażółć gęślą jaźń'));
  say('user3', roomType.receipt, reader.receipt);
  say('alice', roomType.text, Buffer.from('0123456789'.repeat(450)));
  say('alice', roomType.text, Buffer.alloc(0));
  say('bob', roomType.receipt, reader.receipt);
  return made;
}

export const roomVectors = {
  people: NAMES.map((name) => ({ name, privateKey: pem(person(name).privateKey), spki: hex(person(name).spki), fingerprint: hex(fingerprintOf(person(name).spki)) })),
  rooms: [{ room: ROOM, changes: main.map(said) }, { room: 'r', changes: other.map(said) }],
  round: { room: ROOM, ...vector },
  epoch: { room: ROOM, A0: hex(agreement.T), records: records() },
};

export const asJson = (): string => `${JSON.stringify(roomVectors, null, 1)}\n`;

if (process.argv[1]?.endsWith('make-room.js')) process.stdout.write(asJson());
