import type { Clock } from '../../common/clock.js';
import type { EphemeralPool } from '../../common/crypto/ephemeral-pool.js';
import type { PublicIdentity } from '../../common/crypto/identity.js';
import { type Party, safetyNumber } from '../../common/crypto/safety-number.js';
import type { Suite } from '../../common/crypto/suite.js';
import { MessageAppError, TrustError } from '../../common/errors.js';
import { endReasons, roles, type ServerPayload } from '../../common/wire/commands.js';
import type { Calls } from './calls.js';
import { noChat } from './command-errors.js';
import { Conversation } from './conversation/conversation.js';
import type { ConversationPorts, Ended } from './conversation/ports.js';
import type { SigningEvents } from './conversation/signing-ports.js';
import { judge, type Judgement, readPeerKey } from './judge.js';
import type { Credentials } from './login.js';
import type { Emit, LeftReason, Trust } from './protocol.js';
import type { Session } from './session.js';
import type { Transcripts } from '../transcript/transcripts.js';
import type { TrustStore } from './trust-store.js';

/** What every conversation of this person shares. */
export interface Self {
  readonly credentials: Credentials;
  readonly serverName: string;
  readonly suites: readonly Suite[];
  readonly pool: EphemeralPool;
  readonly trust: TrustStore;
  readonly clock: Clock;
  /** Keys that were refused and wait for the person's word: they outlive a connection. */
  readonly changed: Map<string, PublicIdentity>;
  /** Where transcripts of signed conversations are kept. */
  readonly transcripts?: Transcripts | undefined;
}

interface Open {
  readonly id: string;
  readonly peer: Party & { readonly identity: PublicIdentity; readonly certificates: readonly Buffer[] };
  readonly trust: Trust;
  readonly conversation: Conversation;
}

/** Ids of conversations that have ended, for what is still on its way about them. */
const ENDED_MAX = 256;

/** The conversations of one connection, by peer and by id. */
export class Conversations {
  readonly #byPeer = new Map<string, Open>();
  readonly #byId = new Map<string, Open>();
  readonly #endedIds = new Set<string>();
  #texts = 0;

  constructor(
    private readonly self: Self,
    private readonly session: Session,
    private readonly calls: Calls,
    private readonly emit: Emit,
  ) {}

  get peers(): string[] {
    return [...this.#byPeer.values()].filter(({ conversation }) => conversation.open).map(({ peer }) => peer.username);
  }

  has(username: string): boolean {
    return this.#byPeer.has(username);
  }

  /* What a person does. */

  say(username: string, text: string, id?: string): void {
    const open = this.#byPeer.get(username);
    const own = id ?? String(++this.#texts);
    const fail = (code: 'no-conversation' | 'too-long' | 'queue-full' | 'malformed', why: string) =>
      this.emit({ event: 'error', code, text: why, with: username, id: own });
    if (!open?.conversation.open) return fail('no-conversation', `There is no chat with ${username}.`);
    const bytes = Buffer.from(text, 'utf8');
    if (bytes.toString('utf8') !== text) return fail('malformed', 'This text is not well-formed Unicode.');
    const { textMax } = open.conversation;
    if (bytes.length > textMax) return fail('too-long', `A text has at most ${textMax} bytes, this one has ${bytes.length}: send it in parts.`);
    if (!open.conversation.say({ id: own, bytes })) fail('queue-full', `Too many texts wait for ${username}: this one was not taken.`);
  }

  /** Proposes to sign, or agrees; declines. Throws CommandError, and UsageError 'not-now' where there is nothing to do. */
  sign(username: string, how: 'sign' | 'decline'): void {
    const open = this.#byPeer.get(username);
    if (!open?.conversation.open) throw noChat(username);
    open.conversation[how]();
  }

  leave(username: string): boolean {
    const open = this.#byPeer.get(username);
    open?.conversation.leave();
    return open !== undefined;
  }

  /** Leaves all of them, and calls `left` when the last one has ended. */
  leaveAll(left: () => void): void {
    this.#allLeft = left;
    for (const { conversation } of [...this.#byId.values()]) conversation.leave();
    this.#checkAllLeft();
  }

  #allLeft: (() => void) | undefined;

  #checkAllLeft(): void {
    if (this.#byId.size > 0) return;
    const left = this.#allLeft;
    this.#allLeft = undefined;
    left?.();
  }

  trustIn(username: string): Trust | undefined {
    return this.#byPeer.get(username)?.trust;
  }

  /* From the server. */

  readonly introduced = (introduction: ServerPayload<'pubk'>): void => {
    const { conversation: id, peer } = introduction;
    if (introduction.role === roles.caller && this.calls.withdrew(peer) && !this.#byId.has(id)) return this.#refuse(id);
    const role = introduction.role === roles.caller ? 'caller' : 'receiver';
    const asked = peer !== this.self.credentials.username && this.calls.answered(role, peer);
    const inChat = this.#byPeer.has(peer);
    try {
      this.#checkAsked(id, peer, asked);
      const { key, certified } = readPeerKey(introduction, this.self.credentials.authorities, new Date(this.self.clock.wall()));
      if (key.spki.equals(this.self.credentials.identity.public.spki)) {
        throw new TrustError('own-key', `The relay hands out your own key as that of ${peer}: the chat was refused.`);
      }
      const judgement = judge(this.self.trust.find(this.self.serverName, peer), key, certified);
      if (judgement.result === 'changed') return this.#refuseChanged(id, peer, key, judgement.pinned);
      this.self.changed.delete(peer);
      this.#begin(id, role, { username: peer, fingerprint: key.fingerprint, identity: key, certificates: introduction.certificates }, judgement);
    } catch (error) {
      if (!(error instanceof MessageAppError)) throw error;
      this.#refuse(id);
      this.emit({ event: 'warning', code: error.code, text: error.message, with: peer });
      // What was not asked for ends nothing that a person knows of, and a chat that there is goes on.
      if (asked && !inChat) this.emit({ event: 'left', with: peer, reason: 'tampered', by: 'me', unsent: [], unconfirmed: [] });
    }
  };

  readonly forwarded = ({ conversation, body }: ServerPayload<'frwd'>): void => {
    this.#byId.get(conversation)?.conversation.receive(body);
  };

  readonly parted = ({ conversation, reason }: ServerPayload<'exch'>): void => {
    this.#byId.get(conversation)?.conversation.gone(leftReasons[reason] ?? 'disconnected');
  };

  /** An `erro` about a conversation: only one that is open here is worth a word. */
  failed(id: string): void {
    this.#byId.get(id)?.conversation.gone('disconnected');
  }

  /** The connection is gone. @returns the peers of the conversations that were open */
  lost(): string[] {
    const { peers } = this;
    for (const { conversation } of [...this.#byId.values()]) conversation.gone('disconnected');
    return peers;
  }

  #checkAsked(id: string, peer: string, asked: boolean): void {
    const unasked = (why: string) => new TrustError('unasked', `The relay began a chat that was not asked for (${why}): it was refused.`);
    const known = this.#byId.get(id);
    // Whatever else is wrong: the `exch` that answers is about the conversation that has this id.
    known?.conversation.gone('tampered');
    if (peer === this.self.credentials.username) throw unasked('with your own name');
    if (!asked) throw unasked(`with ${peer}`);
    if (known || this.#endedIds.has(id)) throw unasked('under an id in use');
    if (this.#byPeer.has(peer)) throw unasked(`a second one with ${peer}`);
  }

  #refuse(id: string): void {
    this.#remember(id);
    this.session.send('exch', { conversation: id });
  }

  #refuseChanged(id: string, peer: string, key: PublicIdentity, pinned: Buffer): void {
    this.#refuse(id);
    this.self.changed.set(peer, key);
    const mine = { username: this.self.credentials.username, fingerprint: this.self.credentials.identity.public.fingerprint };
    this.emit({
      event: 'key-changed', with: peer,
      old: safetyNumber(mine, { username: peer, fingerprint: pinned }),
      new: safetyNumber(mine, { username: peer, fingerprint: key.fingerprint }),
    });
    this.emit({ event: 'left', with: peer, reason: 'tampered', by: 'me', unsent: [], unconfirmed: [] });
  }

  #begin(id: string, role: 'caller' | 'receiver', peer: Open['peer'], { result, compared }: Exclude<Judgement, { result: 'changed' }>): void {
    const { credentials, suites, clock, pool, trust, serverName, transcripts } = this.self;
    const { username, identity, certificates } = credentials;
    const self = { username, fingerprint: identity.public.fingerprint, identity, certificates };
    const name = peer.username;
    const ports: ConversationPorts = {
      id, role, self, peer, suites, clock, transcripts,
      ephemeral: (offered) => pool.take(offered),
      freshEphemeral: (offered) => pool.takeFresh(offered),
      submit: (lane, send) => this.session.submit(lane, send),
      forward: (payload) => this.session.forward(payload),
      pin: async () => {
        if (trust.find(serverName, name)) return;
        const since = new Date(clock.wall()).toISOString();
        await trust.put({ server: serverName, username: name, fingerprint: peer.fingerprint.toString('hex'), compared: false, since });
      },
      opened: (suite) => this.emit({
        event: 'chat', with: name, role, trust: result, compared, fingerprint: peer.fingerprint.toString('hex'),
        safetyNumber: safetyNumber(self, peer), suite: suite.name,
      }),
      message: (text, sent, signed) => this.emit({ event: 'message', with: name, text, sent, ...mark(signed) }),
      sent: (text, signed) => this.emit({ event: 'sent', with: name, id: text, ...mark(signed) }),
      tooLong: (text) => this.emit({ event: 'error', code: 'too-long', with: name, id: text, text: 'This text is too long to be signed: send it in parts.' }),
      notSigned: (text) => this.emit({
        event: 'error', code: 'not-signed', with: name, id: text,
        text: `${name} has not agreed to sign. Send it again to send it unsigned.`,
      }),
      signing: signingEvents(name, this.emit),
      delivered: (text) => this.emit({ event: 'delivered', with: name, id: text }),
      discarded: (text) => this.emit({ event: 'discarded', with: name, ...(text === undefined ? {} : { id: text }) }),
      renewed: () => this.emit({ event: 'renewed', with: name }),
      unknown: (type) => this.emit({
        event: 'warning', code: 'unknown-type', with: name, text: `${name} sent something (type ${type}) that this program does not know.`,
      }),
      failed: (error) => this.emit({
        event: 'warning', code: error instanceof MessageAppError ? error.code : 'failed', with: name,
        text: `The chat with ${name} was ended: ${error.message}`,
      }),
      ended: (how, tell) => this.#ended(id, name, how, tell),
    };
    const open: Open = { id, peer, trust: result, conversation: new Conversation(ports) };
    this.#byId.set(id, open);
    this.#byPeer.set(name, open);
  }

  #ended(id: string, name: string, how: Ended, tell: boolean): void {
    this.#byId.delete(id);
    this.#byPeer.delete(name);
    if (tell) this.#refuse(id);
    else this.#remember(id);
    this.emit({ event: 'left', with: name, ...how });
    this.#checkAllLeft();
  }

  #remember(id: string): void {
    this.#endedIds.add(id);
    if (this.#endedIds.size > ENDED_MAX) this.#endedIds.delete(this.#endedIds.values().next().value!);
  }
}

const mark = (signed: boolean) => (signed ? { signed: true } as const : {});

const signingEvents = (name: string, emit: Emit): SigningEvents => ({
  requested: () => emit({ event: 'sign-request', with: name }),
  refused: () => emit({ event: 'sign-refused', with: name }),
  unanswered: () => emit({ event: 'sign-unanswered', with: name }),
  signed: (file) => emit({ event: 'signed', with: name, ...(file === undefined ? {} : { file }) }),
  receipt: (own, other) => emit({ event: 'receipt', with: name, own, other }),
});

/** `exch` with reason 0 and no goodbye before it is not believed to be the peer's word. */
const leftReasons: Readonly<Record<number, LeftReason>> = {
  [endReasons.left]: 'disconnected',
  [endReasons.broken]: 'disconnected',
  [endReasons.didNotRead]: 'too-slow',
  [endReasons.idle]: 'timed-out',
};
