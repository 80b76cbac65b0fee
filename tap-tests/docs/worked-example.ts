import { encode } from '../../common/bytes/codec.js';
import { writePem } from '../../common/bytes/pem.js';
import { parseCertificate } from '../../common/crypto/certificate.js';
import { verifyServerChain } from '../../common/crypto/chain.js';
import {
  answer, type ExchangeKeys, type ExpectBody2, type FindKey, finish, initiate, loginTranscript, respond,
} from '../../common/crypto/exchange.js';
import { type Identity, privateIdentity } from '../../common/crypto/identity.js';
import { labels, SECURE_TEXT, WELCOME_TEXT } from '../../common/crypto/labels.js';
import {
  hkdfExpand, hkdfExtract, hmacSha256, importRawPublic, type KeyObject, open, publicOf, rawPublic,
  readPrivatePem, sha256, x25519,
} from '../../common/crypto/node.js';
import { chatTranscript } from '../../common/crypto/peer-transcript.js';
import { counterBytes, ReceivingChain, SendingChain } from '../../common/crypto/ratchet.js';
import { RecordOpener, RecordSealer } from '../../common/crypto/record-key.js';
import { safetyNumber } from '../../common/crypto/safety-number.js';
import { Secret } from '../../common/crypto/secret.js';
import { rsaSuite, type Suite, X25519Ephemeral, x25519Suite } from '../../common/crypto/suite.js';
import { writeCell } from '../../common/wire/cell.js';
import { clientCommands, type CommandTable, serverCommands } from '../../common/wire/commands.js';
import { kinds, type ContentType } from '../../common/wire/end-to-end.js';
import { packMessages, type RawMessage, unpackMessages } from '../../common/wire/record.js';

/**
 * Makes the text of docs/worked-example.md: a login and the beginning of a conversation, every value fixed.
 * What the text shows is computed here step by step, and compared with what the project's code makes of it.
 */

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');

/* Example keys, published on purpose: those of RFC 8032, 7.1 and RFC 7748, 5.2 and 6.1. */

const seeds = {
  /** RFC 8032, TEST 2 */
  server: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
  /** RFC 8032, TEST 3 */
  alice: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
  /** RFC 8032, TEST 1024 */
  bob: 'f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5',
};
const scalars = {
  /** RFC 7748, 6.1, both sides */
  loginShare: '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a',
  loginEphemeral: '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb',
  /** RFC 7748, 5.2, the two scalars */
  chatShare: 'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
  chatEphemeral: '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
};

/** The self-signed certificate of "Example CA", whose key is that of RFC 8032, TEST 1. */
const AUTHORITY = hex(
  '3081fb3081aea003020102020101300506032b657030153113301106035504030c0a4578616d706c65204341301e170d' +
  '3230303130313030303030305a170d3439313233313233353935395a30153113301106035504030c0a4578616d706c65' +
  '204341302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511aa3' +
  '233021300f0603551d130101ff040530030101ff300e0603551d0f0101ff040403020204300506032b6570034100dc54' +
  'b856fbadff7277f6d3db18f13f594bb38805fde8a2f1a80e466afa6cb6ff7e043b041b45a240422c4832931f56600a7b' +
  '672c218b38d0c2bf8558d9a39303',
);
/** Issued by it to the relay, whose name is relay.example. */
const SERVER_CERTIFICATE = hex(
  '3082011c3081cfa003020102020102300506032b657030153113301106035504030c0a4578616d706c65204341301e17' +
  '0d3230303130313030303030305a170d3439313233313233353935395a30183116301406035504030c0d72656c61792e' +
  '6578616d706c65302a300506032b65700321003d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12a' +
  'f4660ca341303f300e0603551d0f0101ff04040302078030130603551d25040c300a06082b0601050507030130180603' +
  '551d110411300f820d72656c61792e6578616d706c65300506032b65700341003b376999c73e4fff7323500049ce6e5c' +
  'ea6a88145ce85833b32fe82d55b0ea781eb98d49d22ee8b63bea07550c3a07c449917f22b2f9d9d4c19db0d8726b1801',
);
const SERVER_NAME = 'relay.example';
const CONVERSATION = '0123456789abcdef';
const TIME = 1_700_000_000_000;
const TEXT = 'Ciao, bob!';

/** PKCS #8 of RFC 8410, 7: a header and the 32 bytes. */
const privateKey = (arc: '70' | '6e', raw: string): KeyObject =>
  readPrivatePem(writePem('PRIVATE KEY', hex(`302e020100300506032b65${arc}04220420${raw}`)));
const identity = (seed: string): Identity => privateIdentity(privateKey('70', seed));
const ephemeral = (scalar: string): KeyObject => privateKey('6e', scalar);
const run = (from: number): Buffer => Buffer.from(Array.from({ length: 32 }, (_, at) => from + at));

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`the example does not hold: ${what}`);
}

/* The page. */

class Page {
  readonly #parts: string[] = [];

  say(...lines: readonly string[]): this {
    this.#parts.push(lines.join('\n'));
    return this;
  }

  /** Values beside their names; hexadecimal is cut into lines of 32 bytes. */
  show(values: Readonly<Record<string, Buffer | string>>): this {
    const width = Math.max(...Object.keys(values).map((name) => name.length)) + 2;
    const lines = Object.entries(values).flatMap(([name, value]) => {
      const parts = typeof value === 'string' ? value.split('\n') : value.toString('hex').match(/.{1,64}/g)!;
      return parts.map((part, at) => (at === 0 ? name : '').padEnd(width) + part);
    });
    return this.say('```', ...lines, '```');
  }

  get text(): string {
    return `${this.#parts.join('\n\n')}\n`;
  }
}

/* One exchange, by hand beside the project's code. */

interface Sides {
  readonly t0: Buffer;
  readonly username: string;
  readonly share: KeyObject;
  readonly ephemeral: KeyObject;
  readonly nonces: readonly [Buffer, Buffer];
  readonly initiator: Identity;
  readonly responder: Identity;
  readonly certificates: readonly Buffer[];
  readonly findResponder: FindKey;
}

/** The suite x25519 with a share that is not random. */
const fixedSuite = (share: KeyObject): Suite => ({
  ...x25519Suite,
  share: (publicBytes) => ({
    share: rawPublic(publicOf(share)),
    k: new Secret(x25519(share, importRawPublic('X25519', publicBytes))!),
  }),
});

interface Exchange {
  readonly body1: Buffer;
  readonly body2: Buffer;
  readonly body3: Buffer;
  readonly values: Readonly<Record<'t0' | 't1' | 't2s' | 't2' | 't3s' | 't3' | 'K' | 'PRK', Buffer>>;
  readonly signed: Readonly<Record<'M2' | 'M3', Buffer>>;
  readonly derived: Readonly<Record<keyof ExchangeKeys, Buffer>>;
}

const SIGNATURE_FIELD = 2 + 64;

async function exchange(sides: Sides): Promise<Exchange> {
  const { t0, username, nonces: [r1, r2] } = sides;
  const { body1, expecting } = initiate(t0, username, [x25519Suite, rsaSuite], () => r1);
  const responding = await respond({
    t0, received: body1, named: username !== '', ephemeral: async () => new X25519Ephemeral(sides.ephemeral),
    certificates: sides.certificates, identity: sides.responder, random: () => r2,
  });
  const { body2 } = responding;
  const fixed: ExpectBody2 = { ...expecting, suites: [fixedSuite(sides.share)] };
  const own = { identity: sides.initiator, certificates: [] };
  const answered = await answer(fixed, body2, own, sides.findResponder);
  const { body3 } = answered;
  const finished = finish(responding.expecting, body3, () => sides.initiator.public);

  const t1 = sha256(t0, body1);
  const t2s = sha256(t1, body2.subarray(0, -SIGNATURE_FIELD));
  const t2 = sha256(t1, body2);
  const t3s = sha256(t2, body3.subarray(0, -SIGNATURE_FIELD));
  const t3 = sha256(t2, body3);
  const signed = {
    M2: Buffer.concat([Buffer.from(`${labels.signedByResponder}\0`), t2s]),
    M3: Buffer.concat([Buffer.from(`${labels.signedByInitiator}\0`), t3s]),
  };
  must(sides.responder.public.verify(signed.M2, body2.subarray(-64)), 'the signature of M2');
  must(sides.initiator.public.verify(signed.M3, body3.subarray(-64)), 'the signature of M3');

  const k = x25519(sides.ephemeral, publicOf(sides.share))!;
  const prk = hkdfExtract(t3, k);
  const derived = {
    initiatorToResponder: hkdfExpand(prk, labels.initiatorToResponder, 32),
    responderToInitiator: hkdfExpand(prk, labels.responderToInitiator, 32),
    renewal: hkdfExpand(prk, labels.renewalSecret, 32),
  };
  for (const keys of [answered.keys, finished]) must(sameKeys(keys, derived), 'the keys of both sides');
  return { body1, body2, body3, values: { t0, t1, t2s, t2, t3s, t3, K: k, PRK: prk }, signed, derived };
}

const sameKeys = (keys: ExchangeKeys, derived: Exchange['derived']): boolean =>
  (Object.keys(derived) as (keyof ExchangeKeys)[]).every((name) => keys[name].bytes.equals(derived[name]));

/** A handshake cell: its header, its body and the number of zeros. */
function cellOf(type: 'M1' | 'M2' | 'M3', body: Buffer): Readonly<Record<string, Buffer | string>> {
  const cell = writeCell(type, body);
  return { header: cell.subarray(0, 8), body, zeros: `${cell.length - 8 - body.length}, to 4096 bytes` };
}

const beginningOf = (bytes: Buffer): string =>
  `${bytes.toString('hex', 0, 32)}\n… ${bytes.length} bytes, SHA-256:\n${sha256(bytes).toString('hex')}`;

/** A copy, since a secret takes its bytes over. */
const secret = (bytes: Buffer): Secret => new Secret(Buffer.from(bytes));

/** A record of the outer layer, sealed and opened by the project's code. */
function recordOf(page: Page, key: Buffer, message: RawMessage, table: CommandTable): void {
  const plaintext = packMessages([message]);
  const [header, ciphertext] = new RecordSealer('alice', secret(key)).seal(plaintext);
  const opened = new RecordOpener('alice', secret(key)).open(Buffer.concat([header, ciphertext]));
  const [first] = unpackMessages(opened ?? Buffer.alloc(1), table);
  must(first?.command === message.command && first.payload.equals(message.payload), 'a record opens');
  const length = 8 + message.payload.length;
  page.show({
    key,
    message: plaintext.subarray(0, length),
    zeros: `${plaintext.length - length}, to ${plaintext.length} bytes of plaintext`,
    username: header.subarray(0, 16),
    counter: header.subarray(16, 32),
    k: header.subarray(32, 33),
    IV: header.subarray(16, 28),
    tag: header.subarray(33),
    ciphertext: beginningOf(ciphertext),
    'SHA-256 of the cell': sha256(header, ciphertext),
  });
}

/** An end-to-end record that is sealed next on a chain, its values computed by hand beside it. */
function sealedOf(
  page: Page, sending: SendingChain, chain: Buffer, type: ContentType, content: Buffer, time: number,
): Buffer {
  const counter = sending.counter;
  const record = sending.seal(type, content, time);
  const messageKey = hmacSha256(chain, Buffer.from([1]));
  const iv = record.subarray(12, 24);
  const tag = record.subarray(36, 52);
  const plaintext = open(messageKey, iv, record.subarray(0, 36), record.subarray(52), tag);
  must(plaintext !== undefined && plaintext.subarray(6, 6 + content.length).equals(content), 'a text opens');
  page.show({
    [`chain(${counter})`]: chain,
    'message key': messageKey,
    magic: record.subarray(0, 12),
    counter: record.subarray(12, 28),
    time: record.subarray(28, 36),
    IV: iv,
    'type, 0, n': plaintext!.subarray(0, 6),
    content,
    zeros: `${plaintext!.length - 6 - content.length}, to ${plaintext!.length} bytes of plaintext`,
    tag,
    ciphertext: beginningOf(record.subarray(52)),
  });
  return record;
}

const nextChain = (chain: Buffer): Buffer => hmacSha256(chain, Buffer.from([2]));

/* The example. */

async function login(page: Page): Promise<void> {
  const [server, alice] = [identity(seeds.server), identity(seeds.alice)];
  const authorities = [parseCertificate(AUTHORITY)];
  const made = await exchange({
    t0: loginTranscript(), username: 'alice', share: ephemeral(scalars.loginShare),
    ephemeral: ephemeral(scalars.loginEphemeral), nonces: [run(0), run(32)],
    initiator: alice, responder: server, certificates: [SERVER_CERTIFICATE],
    findResponder: (chain) =>
      verifyServerChain(chain, { authorities, serverName: SERVER_NAME, now: new Date(TIME) }).publicKey,
  });

  page.say('## 1. What is fixed');
  page.say(
    'All private keys are those of RFC 8032, 7.1 (Ed25519: the authority TEST 1, the server TEST 2, alice',
    'TEST 3, bob TEST 1024) and RFC 7748 (X25519). All are public. The client has the first certificate:',
  );
  page.show({ 'Example CA': AUTHORITY, [SERVER_NAME]: SERVER_CERTIFICATE });
  page.show({
    'seed of the server': hex(seeds.server),
    'seed of alice': hex(seeds.alice),
    'X25519 of the server': hex(scalars.loginEphemeral),
    'X25519 of alice': hex(scalars.loginShare),
    R1: run(0),
    R2: run(32),
  });
  page.say('## 2. The login of alice');
  page.say('M1. alice offers the suites 2 and 1, in this order.').show(cellOf('M1', made.body1));
  page.say('M2. The server takes suite 2. The last 64 bytes of the body are its signature over `signed`.');
  page.show({ ...cellOf('M2', made.body2), signed: made.signed.M2 });
  page.say('M3. alice is enrolled by her public key, so there are no certificates.');
  page.show({ ...cellOf('M3', made.body3), signed: made.signed.M3 });
  page.say('The transcript, and what comes from it. PRK = HMAC-SHA-256(key t3, message K).');
  page.show(made.values);
  page.show({
    'initiator to responder': made.derived.initiatorToResponder,
    'responder to initiator': made.derived.responderToInitiator,
  });

  page.say("M4, the server's record 0: `welc`.");
  const rate = { messages: 10, seconds: 5 };
  const json = JSON.stringify({ text: WELCOME_TEXT, rate, idle: 1800, ring: 60 });
  const welcome = { command: 'welc', payload: encode(serverCommands.welc, { json }) };
  recordOf(page, made.derived.responderToInitiator, welcome, serverCommands);
  page.say("alice's record 0: `chat` with bob.");
  const chat = { command: 'chat', payload: encode(clientCommands.chat, { username: 'bob' }) };
  recordOf(page, made.derived.initiatorToResponder, chat, clientCommands);
}

async function conversation(page: Page): Promise<void> {
  const [alice, bob] = [identity(seeds.alice), identity(seeds.bob)];
  const parties = [
    { username: 'alice', fingerprint: alice.public.fingerprint },
    { username: 'bob', fingerprint: bob.public.fingerprint },
  ] as const;
  const made = await exchange({
    t0: chatTranscript(CONVERSATION, ...parties), username: '', share: ephemeral(scalars.chatShare),
    ephemeral: ephemeral(scalars.chatEphemeral), nonces: [run(64), run(96)], initiator: alice, responder: bob,
    certificates: [], findResponder: () => bob.public,
  });
  page.say('## 3. A conversation of alice, who called, with bob');
  page.show({
    conversation: hex(CONVERSATION),
    'fingerprint of alice': alice.public.fingerprint,
    'fingerprint of bob': bob.public.fingerprint,
    'safety number': safetyNumber(...parties),
    'seed of bob': hex(seeds.bob),
    'X25519 of bob': hex(scalars.chatEphemeral),
    'X25519 of alice': hex(scalars.chatShare),
    R1: run(64),
    R2: run(96),
  });
  page.say('The payloads of the three `frwd` are the conversation, a byte for the kind, and these bodies:');
  page.show({ P1: made.body1, P2: made.body2, P3: made.body3 });
  page.show(made.values);
  page.show({
    'chain(0) of alice': made.derived.initiatorToResponder,
    'chain(0) of bob': made.derived.responderToInitiator,
    RS: made.derived.renewal,
  });
  records(page, made.derived);
}

function records(page: Page, { initiatorToResponder, responderToInitiator }: Exchange['derived']): void {
  page.say("P4, bob's record 0: the text that is not shown.");
  const answering = new SendingChain(secret(responderToInitiator));
  const fromBob = sealedOf(page, answering, responderToInitiator, 'text', Buffer.from(SECURE_TEXT), TIME);
  must(new ReceivingChain(secret(responderToInitiator)).open(fromBob) !== undefined, 'P4 opens');

  const sending = new SendingChain(secret(initiatorToResponder));
  const receiving = new ReceivingChain(secret(initiatorToResponder));
  page.say("alice's record 0: a receipt of 16 zero bytes.");
  const first = sealedOf(page, sending, initiatorToResponder, 'receipt', counterBytes(0n), TIME + 500);
  page.say(`alice's record 1: the text \`${TEXT}\`.`);
  const chain1 = nextChain(initiatorToResponder);
  const second = sealedOf(page, sending, chain1, 'text', Buffer.from(TEXT), TIME + 1_000);
  must(receiving.open(first) !== undefined && receiving.open(second)?.sealedAt === TIME + 1_000, 'both open');

  const payload = Buffer.concat([hex(CONVERSATION), Buffer.from([kinds.record]), second]);
  const message = packMessages([{ command: 'frwd', payload }]);
  page.say('The `frwd` that carries record 1 fills the plaintext of a record of one cell to its last byte.');
  page.show({
    'beginning of the message': message.subarray(0, 8 + 9),
    'bytes of the message': `${8 + payload.length} of ${message.length}`,
  });
}

/** Everything between the two marks of docs/worked-example.md. */
export async function workedExample(): Promise<string> {
  const page = new Page();
  await login(page);
  await conversation(page);
  return page.text;
}
