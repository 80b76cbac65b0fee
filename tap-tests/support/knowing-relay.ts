import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { answer, finish, initiate, loginTranscript, respond } from '../../common/crypto/exchange.js';
import { type Identity, privateIdentity, type PublicIdentity } from '../../common/crypto/identity.js';
import { SECURE_TEXT } from '../../common/crypto/labels.js';
import { sha256 } from '../../common/crypto/node.js';
import { chatTranscript } from '../../common/crypto/peer-transcript.js';
import { counterBytes, type Opened, readCounter, ReceivingChain, SendingChain } from '../../common/crypto/ratchet.js';
import type { Suite } from '../../common/crypto/suite.js';
import type { KeysFolder } from '../../common/files/keys-folder.js';
import { readPrivateKey } from '../../common/files/private-key.js';
import { readHandshakeCell } from '../../common/transport/cells.js';
import { readCell, writeCell } from '../../common/wire/cell.js';
import { roles } from '../../common/wire/commands.js';
import { type ContentType, contentTypes, kinds } from '../../common/wire/end-to-end.js';
import { certificatesIn } from './authority.js';
import { edIdentity, ephemeralOf } from './exchange-pair.js';
import { FakeSession } from './fake-server.js';
import { knownChain, KnownExchange, type Secrets } from './known-secrets.js';

const CONVERSATION = '0123456789abcdef';
/** A rate that no test meets. */
const WELCOME = '{"rate":{"messages":1000,"seconds":1}}';
const never = new AbortController().signal;

interface User {
  readonly username: string;
  readonly identity: PublicIdentity;
}

interface Chat {
  readonly known: KnownExchange;
  readonly sending: SendingChain;
  readonly receiving: ReceivingChain;
  /** Chain 0 of each direction. */
  readonly outwards: Buffer;
  readonly inwards: Buffer;
}

/** What a server shows and signs with. */
export interface ServerIdentity {
  readonly identity: Identity;
  readonly certificates: readonly Buffer[];
}

/** The pair that `node keys` made for a server. */
export async function serverOf({ server: { key, chain } }: KeysFolder): Promise<ServerIdentity> {
  const certificates = (await certificatesIn(chain)).map(({ der }) => der);
  return { identity: privateIdentity(await readPrivateKey(key)), certificates };
}

/** A relay for one client, and that client's peer, in one: it knows every secret that the client ever has. */
export class KnowingRelay {
  readonly #identity = edIdentity();
  #session: FakeSession | undefined;
  #login: KnownExchange | undefined;
  #chat: Chat | undefined;
  #forwards = 0;
  /** Counters of the last text to the client, and of the last one that it has confirmed. */
  #said = -1n;
  #confirmed = -1n;

  private constructor(
    private readonly server: Server, private readonly own: ServerIdentity, private readonly peer: string,
  ) {}

  static async start(own: ServerIdentity, peer = 'bob'): Promise<KnowingRelay> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new KnowingRelay(server, own, peer);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** What it says to the client, and hears of it. */
  get session(): FakeSession {
    return this.#session!;
  }

  close(): void {
    this.#session?.stream.destroy();
    this.server.close();
  }

  /** Lets the client log in that connects next. */
  async login({ username, identity }: User, suite: Suite, welcome = WELCOME): Promise<void> {
    const [socket] = await once(this.server, 'connection') as [Socket];
    socket.on('error', () => undefined);
    const received = readCell(await readHandshakeCell(socket, never), ['M1']).body;
    const ephemeral = async () => ephemeralOf(suite);
    const t0 = loginTranscript();
    const { body2, expecting } = await respond({ t0, received, named: true, ephemeral, ...this.own });
    socket.write(writeCell('M2', body2));
    const body3 = readCell(await readHandshakeCell(socket, never), ['M3']).body;
    const reveal = (_ephemeral: Buffer, k: Buffer) => void (this.#login = new KnownExchange(expecting.t2, body3, k));
    this.#session = new FakeSession(socket, username, finish(expecting, body3, () => identity, reveal));
    this.#session.say('welc', { json: welcome });
  }

  /** The peer calls; the client has to accept. */
  async call({ username, identity }: User, suite: Suite): Promise<void> {
    this.session.say('reqt', { username: this.peer });
    await this.session.hear('acpt');
    this.#introduce(roles.receiver);
    const t0 = chatTranscript(CONVERSATION, this.#party, { username, ...identity });
    const { body1, expecting } = initiate(t0, '', [suite]);
    this.#forward(kinds.P1, body1);
    const body2 = await this.#forwarded(kinds.P2);
    let k: Buffer | undefined;
    const reveal = (_ephemeral: Buffer, revealed: Buffer) => void (k = Buffer.from(revealed));
    const own = { identity: this.#identity, certificates: [], reveal };
    const { body3, keys } = await answer(expecting, body2, own, () => identity);
    const known = new KnownExchange(sha256(expecting.t1, body2), body3, k!);
    this.#chat = {
      known, outwards: known.initiatorToResponder, inwards: known.responderToInitiator,
      sending: new SendingChain(keys.initiatorToResponder), receiving: new ReceivingChain(keys.responderToInitiator),
    };
    this.#forward(kinds.P3, body3);
    await this.take(SECURE_TEXT);
    this.confirm();
  }

  /** The client calls; the peer accepts. */
  async answer({ username, identity }: User, suite: Suite): Promise<void> {
    await this.session.hear('chat');
    this.#introduce(roles.caller);
    const { body2, expecting } = await respond({
      t0: chatTranscript(CONVERSATION, { username, ...identity }, this.#party), named: false,
      received: await this.#forwarded(kinds.P1), ephemeral: async () => ephemeralOf(suite),
      certificates: [], identity: this.#identity,
    });
    this.#forward(kinds.P2, body2);
    const body3 = await this.#forwarded(kinds.P3);
    let known: KnownExchange | undefined;
    const reveal = (_ephemeral: Buffer, k: Buffer) => void (known = new KnownExchange(expecting.t2, body3, k));
    const keys = finish(expecting, body3, () => identity, reveal);
    this.#chat = {
      known: known!, outwards: known!.responderToInitiator, inwards: known!.initiatorToResponder,
      sending: new SendingChain(keys.responderToInitiator), receiving: new ReceivingChain(keys.initiatorToResponder),
    };
    this.say(SECURE_TEXT);
    await this.takeReceipt();
  }

  say(text: string): void {
    this.#said = this.#chat!.sending.counter;
    this.#seal('text', Buffer.from(text));
  }

  /** A record of a type that does not exist. */
  sayUnknown(type: number, content: Buffer): void {
    (contentTypes as Record<string, number>)['unknown'] = type;
    this.#seal('unknown' as ContentType, content);
  }

  /** The next record of the client that is no receipt has to be this text. */
  async take(text: string): Promise<void> {
    const { content } = await this.#next('text');
    if (content.toString() !== text) throw new Error(`there came another text than ${text}`);
  }

  /** All that came was read. */
  confirm(): void {
    this.#seal('receipt', counterBytes(this.#chat!.receiving.counter - 1n));
  }

  /** The receipt for the last text; they are gathered, so it may have come before a text of the client's. */
  async takeReceipt(): Promise<void> {
    while (this.#confirmed < this.#said) await this.#next('receipt');
  }

  async takeGoodbye(): Promise<void> {
    await this.#next('goodbye');
    await this.session.hear('exch');
  }

  /** What the client has to have now, and what it has had. To be asked while nothing is on its way. */
  secrets(): Secrets {
    const login = this.#login!;
    const { known, sending, receiving, outwards, inwards } = this.#chat!;
    const chains = [
      knownChain('to alice', outwards, Number(sending.counter)),
      knownChain('from alice', inwards, Number(receiving.counter)),
    ];
    return {
      live: new Map([
        ['login: key to the server', login.initiatorToResponder],
        ['login: key to the client', login.responderToInitiator],
        ['chat: RS', known.renewal], ...chains.flatMap(({ live }) => [...live]),
      ]),
      gone: new Map([
        ['login: K', login.k], ['login: PRK', login.prk], ['login: RS', login.renewal],
        ['chat: K', known.k], ['chat: PRK', known.prk], ...chains.flatMap(({ gone }) => [...gone]),
      ]),
    };
  }

  get #party() {
    return { username: this.peer, fingerprint: this.#identity.public.fingerprint };
  }

  #introduce(role: number): void {
    const { spki } = this.#identity.public;
    this.session.say('pubk', { conversation: CONVERSATION, role, peer: this.peer, certificates: [], spki });
  }

  #seal(type: ContentType, content: Buffer): void {
    this.#forward(kinds.record, this.#chat!.sending.seal(type, content, Date.now()));
  }

  /** The next record of this type; receipts may come before it. */
  async #next(type: ContentType): Promise<Opened> {
    const opened = this.#chat!.receiving.open(await this.#forwarded(kinds.record));
    if (opened?.type === contentTypes.receipt) this.#confirmed = readCounter(opened.content);
    if (opened?.type === contentTypes[type]) return opened;
    if (opened?.type === contentTypes.receipt) return this.#next(type);
    throw new Error(`a ${type} was due, and there came type ${opened?.type}`);
  }

  #forward(kind: number, bytes: Buffer): void {
    this.session.say('frwd', { conversation: CONVERSATION, body: Buffer.concat([Buffer.from([kind]), bytes]) });
  }

  async #forwarded(kind: number): Promise<Buffer> {
    const { body } = await this.session.hear('frwd', ++this.#forwards) as { body: Buffer };
    if (body[0] !== kind) throw new Error(`kind ${kind} was due, and there came ${body[0]}`);
    return body.subarray(1);
  }
}
