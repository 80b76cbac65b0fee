import { test } from 'tap';
import { decode, encode } from '../../common/bytes/codec.js';
import { answer, finish, initiate, respond } from '../../common/crypto/exchange.js';
import { privateIdentity, type Identity } from '../../common/crypto/identity.js';
import { readPrivatePem } from '../../common/crypto/node.js';
import { changeHash, signChange, verifyChange } from '../../common/crypto/room-change.js';
import { RoomReceivingChain, RoomSendingChain, textsHash } from '../../common/crypto/room-record.js';
import {
  commitmentsHash, commitmentTo, epochHash, epochSecrets, openOnce, roundHash, roundTranscript, sealOnce, signedContribution,
} from '../../common/crypto/room-round.js';
import { Secret } from '../../common/crypto/secret.js';
import { x25519Suite, X25519Ephemeral } from '../../common/crypto/suite.js';
import { checkMembers, type Members } from '../../common/rooms/members.js';
import { change, changeWithoutSignature } from '../../common/wire/room-change.js';
import { type RoomContentType, roomContentTypes } from '../../common/wire/room-record.js';
import {
  answerBody, commitments, contribution, contributionBody, contributions, contributionsBody, doneBody, share, start, tagBody,
} from '../../common/wire/room-round.js';
import { hex, vector } from '../support/vector.js';
import { asJson, type roomVectors } from './make-room.js';

const v = vector<typeof roomVectors>('room');
const { round } = v;
const people = new Map<string, Identity>(v.people.map(({ name, privateKey }) => [name, privateIdentity(readPrivatePem(privateKey))]));
const person = (name: string) => people.get(name)!;
const party = (username: string) => ({ username, fingerprint: person(username).public.fingerprint });

test('the file is what its maker makes', async (t) => {
  t.same(JSON.parse(asJson()), v);
});

test('people', async (t) => {
  for (const { name, spki, fingerprint } of v.people) {
    t.same(person(name).public.spki, hex(spki));
    t.same(person(name).public.fingerprint, hex(fingerprint));
  }
});

for (const { room, changes } of v.rooms) {
  test(`changes of ${room}: made, signed, and taken`, async (t) => {
    let before: Members = [];
    for (const each of changes) {
      const read = decode(change, hex(each.bytes));
      t.match(read, { number: each.number, author: each.author, action: each.action, target: each.target });
      t.same(read.members.map(({ username, admin }) => ({ name: username, admin: admin === 1 })), each.members);
      const { signature, ...unsigned } = read;
      t.same(signature, hex(each.signature));
      t.same(Buffer.concat([encode(changeWithoutSignature, unsigned), Buffer.from([0, signature.length]), signature]), hex(each.bytes));
      t.same(await signChange(room, unsigned, person(each.author)), hex(each.bytes), 'Ed25519 signs the same each time');
      t.same(changeHash(room, hex(each.bytes)), hex(each.hash));
      t.doesNotThrow(() => verifyChange(room, read, person(each.author).public));
      t.throws(() => verifyChange(`${room}2`, read, person(each.author).public), { code: 'malformed' }, 'of no other room');
      t.doesNotThrow(() => checkMembers(before, read));
      before = read.members;
    }
  });
}

const opening = decode(start, hex(round.start));
const S = hex(round.S);
const id = S.subarray(0, 16);

test('a start, S and t0', async (t) => {
  t.same(encode(start, opening), hex(round.start));
  t.same(opening, {
    epoch: round.epoch, head: hex(round.head), before: hex(round.before.T), commitment: hex(round.commitment),
    names: ['alice', 'bob', 'user3'], body1: opening.body1,
  });
  t.same(initiate(Buffer.alloc(32), '', [x25519Suite], () => hex(round.r1)).body1, opening.body1);
  t.same(commitmentTo(party(round.leader), hex(round.nonce)), hex(round.commitment));
  t.same(roundHash(round.room, round.leader, opening), S);
  for (const { name, t0 } of round.others) t.same(roundTranscript(S, party(round.leader), party(name)), hex(t0));
});

for (const other of round.others) {
  const ephemeral = () => new X25519Ephemeral(readPrivatePem(other.ephemeralKey));
  const said = decode(answerBody, hex(other.answer));
  const responding = () => respond({
    t0: hex(other.t0), received: opening.body1, named: false, ephemeral: async () => ephemeral(), certificates: [], identity: person(other.name),
    random: () => hex(other.r2),
  });
  const list = decode(commitments, hex(round.commitments));
  const C = hex(round.C);

  test(`${other.name} answers, takes the share and contributes, byte for byte`, async (t) => {
    const { body2, expecting } = await responding();
    const commitment = commitmentTo(party(other.name), hex(other.nonce));
    t.same(encode(answerBody, { round: id, commitment, body2 }), hex(other.answer));
    const { body3, sealed } = decode(share, hex(other.share));
    const keys = finish(expecting, body3, () => person(round.leader).public);
    t.same(openOnce(keys.initiatorToResponder.bytes, id, 'share', sealed), hex(round.W));
    t.same(encode(share, { round: id, body3, sealed: sealOnce(keys.initiatorToResponder.bytes, id, 'share', hex(round.W)) }), hex(other.share));
    const nonce = hex(other.nonce);
    const mine = encode(contribution, { nonce, signature: await person(other.name).sign(signedContribution(C, other.name, nonce)) });
    const contributed = encode(contributionBody, { round: id, sealed: sealOnce(keys.responderToInitiator.bytes, id, 'contribution', mine) });
    t.same(contributed, hex(other.contribution));
    t.same(openOnce(keys.responderToInitiator.bytes, id, 'contribution', decode(contributionBody, hex(other.contribution)).sealed), mine);
    t.same(decode(tagBody, hex(other.tag)), { round: id, tag: hex(round.tags.find(({ name }) => name === other.name)!.tag) });
  });

  test(`the leader takes the recorded answer of ${other.name}`, async (t) => {
    const { expecting } = initiate(hex(other.t0), '', [x25519Suite], () => hex(round.r1));
    t.same(list.list.find(({ name }) => name === other.name)!.commitment, said.commitment);
    const made = await answer(expecting, said.body2, { identity: person(round.leader), certificates: [] }, () => person(other.name).public);
    const { expecting: theirs } = await responding();
    const keys = finish(theirs, made.body3, () => person(round.leader).public);
    t.same(keys.responderToInitiator.bytes, made.keys.responderToInitiator.bytes);
  });
}

test('commitments, contributions, and the epoch that comes from them', async (t) => {
  const list = decode(commitments, hex(round.commitments));
  const names = list.list.map(({ name }) => name);
  t.same(encode(commitments, list), hex(round.commitments));
  t.same(names, opening.names);
  const C = commitmentsHash(S, list);
  t.same(C, hex(round.C));

  const { sealed } = decode(contributionsBody, hex(round.contributions));
  const plaintext = openOnce(hex(round.W), id, 'contributions', sealed)!;
  const all = decode(contributions(names.length), plaintext);
  for (const [at, { nonce, signature }] of all.entries()) {
    t.same(commitmentTo(party(names[at]!), nonce), list.list[at]!.commitment);
    t.ok(person(names[at]!).public.verify(signedContribution(C, names[at]!, nonce), signature), names[at]!);
  }
  t.same(encode(contributions(names.length), all), plaintext);
  t.same(encode(contributionsBody, { round: id, sealed: sealOnce(hex(round.W), id, 'contributions', plaintext) }), hex(round.contributions));

  const T = epochHash(round.room, opening, C);
  t.same(T, hex(round.T));
  const secrets = epochSecrets(T, names, all.map(({ nonce }) => Buffer.from(nonce)));
  t.same([...secrets.chains].map(([name, { bytes }]) => ({ name, chain0: bytes.toString('hex') })), round.chains);
  t.same([...secrets.tags].map(([name, tag]) => ({ name, tag: tag.toString('hex') })), round.tags);
  t.equal(secrets.number, round.number);
  t.same(encode(doneBody, { round: id, tags: Buffer.concat([...secrets.tags.values()]) }), hex(round.done));
});

test('records of the epoch: sealed the same, and opened; A_n', async (t) => {
  const T = hex(round.T);
  const chainsOf = <C>(make: (username: string, chain: Secret) => C) =>
    new Map(round.chains.map(({ name, chain0 }) => [name, make(name, new Secret(hex(chain0)))]));
  const sending = chainsOf((username, chain) => new RoomSendingChain({ t: T, username }, chain));
  const receiving = chainsOf((username, chain) => new RoomReceivingChain({ t: T, username }, chain));
  let A = hex(v.epoch.A0);
  t.same(A, T);
  for (const { from, type, counter, time, content, record, A: after } of v.epoch.records) {
    const name = (Object.keys(roomContentTypes) as RoomContentType[]).find((each) => roomContentTypes[each] === type)!;
    t.same(await sending.get(from)!.seal(name, hex(content), time, person(from)), hex(record));
    t.same(receiving.get(from)!.open(hex(record), person(from).public), { type, content: hex(content), counter: BigInt(counter), sealedAt: time });
    if (name === 'text') A = textsHash(A, hex(record));
    if (after !== undefined) t.same(A, hex(after));
  }
  t.same(new Set(v.epoch.records.map(({ record }) => (record.length / 2 + 100) / 4096)), new Set([1, 2]), 'one cell and two');
});
