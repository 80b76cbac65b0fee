/** `npm run demo`: a whole session in one process, every layer opened to be looked at. */
import { decode } from '../../common/bytes/codec.js';
import { systemClock } from '../../common/clock.js';
import { type Sealing, watchSealing } from '../../common/crypto/node.js';
import { rsaSuite, suiteById, x25519Suite } from '../../common/crypto/suite.js';
import { body1, body2, body3 } from '../../common/wire/bodies.js';
import { readCell } from '../../common/wire/cell.js';
import { SEALED_AAD } from '../../common/wire/end-to-end.js';
import { CELL } from '../../common/wire/limits.js';
import { RECORD_AAD } from '../../common/wire/record.js';
import { makeLog, readMaterial, startServer } from '../../server/library.js';
import { bold, bytes, check, cyan, dim, line, title } from './page.js';
import { enter, makeKeys, type Player } from './stage.js';

const TEXT = 'Meet at noon. The relay must not read this.';

title('1  Keys');
const keys = await makeKeys((command) => line('made with', command));
line('', dim('an authority, the server\'s certificate, two users; only public keys go to the server'));

title('2  A relay, and two who log in');
const seen: string[] = [];
const log = makeLog('text', systemClock, (record) => void seen.push(record));
const material = () => readMaterial({
  certificate: keys.server.chain, privateKey: keys.server.key, authority: keys.server.authority, users: keys.users,
}, undefined);
const server = await startServer({ material, log, logWire: true, limits: { poolKeys: 4 } });
line('node server 0', `listens on ${server.host}:${server.port}`);
const alice = await enter('alice', server.port, keys, [rsaSuite]);
const ready = await alice.first('ready');
const bob = await enter('bob', server.port, keys, [x25519Suite, rsaSuite]);
await bob.first('ready');
showLogin(alice);
if (ready.event === 'ready') line('', `the server is ${bold(ready.server.subject)}, vouched for by ${ready.server.issuer}; suite ${ready.suite}`);

title('3  A call, and the second key exchange: between alice and bob alone');
alice.engine.do({ do: 'chat', with: 'bob' });
await bob.first('request');
line('alice: chatbob', 'the relay rings at bob\'s');
bob.engine.do({ do: 'accept', with: 'alice' });
line('bob: acptalice', 'the relay hands each the other\'s public key, then P1, P2, P3 pass through it');
const [atAlice, atBob] = [await alice.first('chat'), await bob.first('chat')];
if (atAlice.event !== 'chat' || atBob.event !== 'chat') throw new Error('no chat came about');
line('safety number', cyan(atAlice.safetyNumber.split(' ').slice(0, 6).join(' ')));
line('', cyan(atAlice.safetyNumber.split(' ').slice(6).join(' ')));
check('both see the same number: nobody sits between them', atAlice.safetyNumber === atBob.safetyNumber);

title('4  One message, layer by layer');
const sealed: Sealing[] = [];
watchSealing((sealing) => void sealed.push({ ...sealing, plaintext: Buffer.from(sealing.plaintext), aad: Buffer.from(sealing.aad) }));
const before = alice.wire.sent.length;
alice.engine.do({ do: 'say', with: 'bob', text: TEXT });
const arrived = await bob.first('message');
watchSealing(undefined);
const inner = sealed.find(({ aad }) => aad.length === SEALED_AAD)!;
const outer = sealed.find(({ aad }) => aad.length === RECORD_AAD)!;
const record = Buffer.concat(alice.wire.sent.slice(before)).subarray(0, CELL);
line('alice types', bold(JSON.stringify(TEXT)));
line('content', `${bytes(inner.plaintext, 16)}`);
line('', dim('type 1, a zero, the length, the text, zeros to the end of the cell'));
line('sealed for bob', `${bytes(inner.aad.subarray(0, 12))}  ${dim('"MessageAppV2"')}`);
line('', `${bytes(inner.aad.subarray(12, 28), 16)}  ${dim('counter')}`);
line('', `${bytes(inner.aad.subarray(28), 8)}  ${dim('time of sealing')}`);
line('', dim('with a key of its own, which is wiped as soon as it was used'));
line('what the relay opens', `${bytes(outer.plaintext.subarray(0, 8), 8)}  ${dim('"frwd" and its length')}`);
line('', `${bytes(outer.plaintext.subarray(8, 17), 9)}  ${dim('the conversation; kind 4')}`);
line('', `${bytes(outer.plaintext.subarray(17 + SEALED_AAD))}  ${dim('tag and ciphertext for bob')}`);
line('sealed for the relay', `${bytes(record.subarray(0, 16), 16)}  ${dim('"alice"')}`);
line('', `${bytes(record.subarray(16, 32), 16)}  ${dim('counter')}`);
line('', `${bytes(record.subarray(32, 33))}  ${dim('cells')}`);
line('on the wire', `${bytes(record.subarray(33))}  ${dim('tag and ciphertext')}`);
if (arrived.event === 'message') line('bob reads', bold(JSON.stringify(arrived.text)));

title('5  What the relay and the network have seen');
const telling = / (logged-in|call|accepted|conversation) /;
const records = seen.filter((entry) => entry.includes(' record-in ') && entry.includes('alice'));
for (const entry of [...seen.filter((other) => telling.test(other)), ...records.slice(-1)]) showLogLine(entry);
line('', dim(`its log has ${seen.length} lines, with --log-wire; without, ${seen.filter((entry) => !/ record-(in|out) /.test(entry)).length}`));
const network = Buffer.concat([alice.wire.all, bob.wire.all]);
line('the network', `${network.length / CELL} cells of ${CELL} bytes, nothing else`);
check('every connection is a whole number of cells', [alice, bob].every(({ wire }) => wire.all.length % CELL === 0));
check('the text arrived', arrived.event === 'message' && arrived.text === TEXT);
check('what the relay opened does not have the text in it', sealed.filter(({ aad }) => aad.length === RECORD_AAD).every(({ plaintext }) => !plaintext.includes(TEXT)));
check('the network does not have the text in it', !network.includes(TEXT));
check('the relay\'s log does not have the text in it', !seen.join('').includes(TEXT));

alice.engine.do({ do: 'leave', with: 'bob' });
await bob.first('left');
for (const { engine } of [alice, bob]) engine.do({ do: 'exit' });
await Promise.all([alice.first('closed'), bob.first('closed')]);
await server.close();
console.log(process.exitCode ? '\nSomething did not hold: see above.\n' : `\n${bold('Try it yourself:')} node keys user alice; node server 8081; node client 127.0.0.1 8081\n`);

/** Without its date, and cut to the width of a page. */
function showLogLine(entry: string): void {
  const [, ...words] = entry.trim().split(' ');
  const text = words.join(' ');
  console.log(`  ${dim(text.length > 110 ? `${text.slice(0, 109)}…` : text)}`);
}

function showLogin({ wire, events }: Player): void {
  const m1 = decode(body1, readCell(wire.cell('sent', 0), ['M1']).body);
  const m2 = decode(body2, readCell(wire.cell('received', 0), ['M2']).body);
  const m3 = decode(body3, readCell(wire.cell('sent', 1), ['M3']).body);
  line('M1  alice → relay', `${m1.username}; suites ${m1.suites.map((id) => suiteById(id)?.name ?? id).join(', ')}; R1 ${bytes(m1.nonce, 8)}`);
  line('M2  relay → alice', `certificate ${bytes(m2.certificates[0]!, 8)}; R2 ${bytes(m2.nonce, 8)}`);
  line('', `ephemeral key ${bytes(m2.ephemeralKey, 8)}; signature ${bytes(m2.signature, 8)}`);
  line('M3  alice → relay', `key share ${bytes(m3.share, 8)}; signature ${bytes(m3.signature, 8)}`);
  const secret = events.find(({ event }) => event === 'didactic');
  if (secret?.event === 'didactic') line('K, known to both', `${bytes(Buffer.from(secret.secret, 'hex'), 32)}`);
  line('M4  relay → alice', `the first record: ${bytes(wire.cell('received', 1).subarray(0, 49), 8)}; welc`);
}
