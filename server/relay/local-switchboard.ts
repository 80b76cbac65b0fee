import type { Clock } from '../../common/clock.js';
import { publicIdentity, type PublicIdentity } from '../../common/crypto/identity.js';
import type { Random } from '../../common/crypto/node.js';
import { type EndReason, endReasons, type ErrorName, roles } from '../../common/wire/commands.js';
import type { RelayLimits } from '../../common/wire/limits.js';
import { type Call, Calls } from './calls.js';
import { type Conversation, Conversations } from './conversations.js';
import { type Endpoint, sendError } from './endpoint.js';
import { FadingMap } from './fading-map.js';
import type { Log } from './log.js';
import { Presence } from './presence.js';
import type { Enrolment } from './registry.js';
import { Rooms, type RoomsOptions } from './rooms/rooms.js';
import type { Switchboard } from './switchboard.js';

type CallLimits = 'ringMs' | 'refusedMs' | 'conversationsPerUser' | 'outgoingCalls' | 'incomingCalls';
type Limits = Pick<RelayLimits, CallLimits> & RoomsOptions['limits'];

export interface SwitchboardOptions {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Log;
  /** Who is enrolled and not revoked, online or not; nobody unless said. */
  readonly enrolled?: (username: string) => Enrolment | undefined;
  readonly random?: Random;
}

/** Calls to the same user that may be withdrawn in a row; then the caller waits as after a refusal. */
const WITHDRAWN_MAX = 3;

interface Reluctance {
  /** Until then the caller may not call this receiver. */
  until: number;
  withdrawn: number;
  /** When the withdrawn calls are forgotten. */
  forgotten: number;
}

/**
 * The switchboard of one server. Each step changes the state first and sends afterwards; sending never calls back into
 * the switchboard within the step.
 */
export class LocalSwitchboard implements Switchboard {
  readonly presence = new Presence();
  readonly calls = new Calls();
  readonly conversations: Conversations;
  readonly rooms: Rooms;
  /** "caller receiver" of whom the caller has to wait, or has withdrawn calls lately. It outlives both connections. */
  readonly #refused: FadingMap<Reluctance>;

  constructor(private readonly own: SwitchboardOptions) {
    this.conversations = new Conversations(own.random);
    this.rooms = new Rooms({ ...own, presence: this.presence, identityOf: (username) => this.#identityOf(username) });
    this.#refused = new FadingMap(
      (): Reluctance => ({ until: -Infinity, withdrawn: 0, forgotten: -Infinity }),
      ({ until, forgotten }) => Math.max(until, forgotten) <= own.clock.now(),
    );
  }

  come(endpoint: Endpoint): boolean {
    if (this.presence.claim(endpoint)) return true;
    this.presence.get(endpoint.username)!.probe();
    return false;
  }

  go(endpoint: Endpoint, reason: EndReason): void {
    if (!this.presence.release(endpoint)) return;
    const name = endpoint.username;
    for (const { receiver } of this.calls.outgoing(name)) {
      this.calls.take(name, receiver.username);
      receiver.send('cach', { username: name });
      this.#withdrawn(name, receiver.username);
    }
    for (const { caller } of this.calls.incoming(name)) {
      this.calls.take(caller.username, name);
      sendError(caller, 'notOnline', 'chat', name, `${name} has gone offline.`);
    }
    for (const conversation of this.conversations.all(name)) this.#end(conversation, reason, endpoint);
    this.rooms.go(endpoint);
  }

  call(by: Endpoint, name: string): void {
    const fault = this.#whyNoCall(by.username, name);
    const receiver = this.presence.get(name);
    if (fault || !receiver) {
      const [error, text] = fault ?? ['notOnline', `${name} is not online.`];
      return sendError(by, error, 'chat', name, text);
    }
    const ring = this.own.clock.after(this.own.limits.ringMs, () => this.#noAnswer(by.username, name));
    this.calls.add({ caller: by, receiver, ring });
    this.own.log('call', { caller: by.username, receiver: name });
    receiver.send('reqt', { username: by.username });
    by.send('call', { username: name });
  }

  /** In the order of docs/PROTOCOL.md: oneself, not online, exists, is calling, limits. */
  #whyNoCall(caller: string, receiver: string): [ErrorName, string] | undefined {
    if (caller === receiver) return ['oneself', 'You cannot call yourself.'];
    if (!this.presence.get(receiver)) return ['notOnline', `${receiver} is not online.`];
    if (this.calls.get(caller, receiver)) return ['exists', `You are calling ${receiver} already.`];
    if (this.conversations.between(caller, receiver)) return ['exists', `You are in a conversation with ${receiver}.`];
    if (this.calls.get(receiver, caller)) return ['callingYou', `${receiver} is calling you: accept or refuse.`];
    const wait = (this.#refused.peek(`${caller} ${receiver}`)?.until ?? -Infinity) - this.own.clock.now();
    if (wait > 0) return ['limit', `Your last calls to ${receiver} were refused or withdrawn: wait ${Math.ceil(wait / 1000)} s before you call again.`];
    return this.#whyTooMany(caller, receiver);
  }

  #whyTooMany(caller: string, receiver: string): ['limit', string] | undefined {
    const { conversationsPerUser, outgoingCalls, incomingCalls } = this.own.limits;
    if (this.conversations.count(caller) >= conversationsPerUser) {
      return ['limit', `You are in ${conversationsPerUser} conversations, which is the most.`];
    }
    if (this.calls.countOutgoing(caller) >= outgoingCalls) {
      return ['limit', `You are calling ${outgoingCalls} users, which is the most.`];
    }
    const busy = this.calls.countIncoming(receiver) >= incomingCalls;
    return busy ? ['limit', `Too many users are calling ${receiver}.`] : undefined;
  }

  #noAnswer(callerName: string, receiverName: string): void {
    const call = this.calls.take(callerName, receiverName);
    if (!call) return;
    this.own.log('no-answer', { caller: callerName, receiver: receiverName });
    sendError(call.caller, 'noAnswer', 'chat', receiverName, `${receiverName} did not answer.`);
    call.receiver.send('cach', { username: callerName });
  }

  cancel(by: Endpoint, receiver: string): void {
    const call = this.calls.take(by.username, receiver);
    if (!call) return sendError(by, 'noRequest', 'cach', receiver, `You are not calling ${receiver}.`);
    this.own.log('withdrawn', { caller: by.username, receiver });
    call.receiver.send('cach', { username: by.username });
    this.#withdrawn(by.username, receiver);
  }

  /** Ringing and withdrawing again and again is as tiresome as calling after a refusal. */
  #withdrawn(caller: string, receiver: string): void {
    const { limits: { refusedMs }, clock } = this.own;
    const pair = this.#refused.of(`${caller} ${receiver}`);
    if (pair.forgotten <= clock.now()) pair.withdrawn = 0;
    pair.forgotten = clock.now() + refusedMs;
    if (++pair.withdrawn >= WITHDRAWN_MAX) pair.until = clock.now() + refusedMs;
  }

  accept(by: Endpoint, caller: string): void {
    const call = this.calls.get(caller, by.username);
    if (!call) return sendError(by, 'noRequest', 'acpt', caller, `${caller} is not calling you.`);
    const most = this.own.limits.conversationsPerUser;
    for (const { username } of [by, call.caller]) {
      if (this.conversations.count(username) >= most) {
        return sendError(by, 'limit', 'acpt', caller, `${username} is in ${most} conversations, which is the most.`);
      }
    }
    this.calls.take(caller, by.username);
    const reluctance = this.#refused.peek(`${caller} ${by.username}`);
    if (reluctance) reluctance.withdrawn = 0;
    this.own.log('accepted', { caller, receiver: by.username });
    this.#introduce(call, this.conversations.open([call.caller, by]));
  }

  /** Both get the other's key before anything more is read from either. */
  #introduce({ caller, receiver }: Call, { id }: Conversation): void {
    this.own.log('conversation', { conversation: id, caller: caller.username, receiver: receiver.username });
    for (const [to, peer, role] of [[caller, receiver, roles.caller], [receiver, caller, roles.receiver]] as const) {
      const { username, certificates, spki } = peer;
      to.send('pubk', { conversation: id, role, peer: username, certificates, spki });
    }
  }

  refuse(by: Endpoint, caller: string): void {
    const call = this.calls.take(caller, by.username);
    if (!call) return sendError(by, 'noRequest', 'refu', caller, `${caller} is not calling you.`);
    const { limits, clock } = this.own;
    this.#refused.of(`${caller} ${by.username}`).until = clock.now() + limits.refusedMs;
    this.own.log('refused-call', { caller, receiver: by.username });
    call.caller.send('refu', { username: by.username });
  }

  forward(by: Endpoint, id: string, payload: Buffer): void {
    const conversation = this.conversations.of(id, by);
    if (!conversation) {
      if (!this.conversations.hasJustLeft(id, by)) this.#noConversation(by, 'frwd', id);
      return;
    }
    for (const member of conversation.members) {
      if (member === by || member.forward(id, payload)) continue;
      member.forget(id);
      return this.#end(conversation, 'didNotRead');
    }
  }

  leave(by: Endpoint, id: string): void {
    const conversation = this.conversations.of(id, by);
    if (!conversation) return this.#noConversation(by, 'exch', id);
    this.conversations.rememberLeft(id, by);
    this.#end(conversation, 'left', by);
  }

  list(by: Endpoint, prefix: string, after: string): void {
    const { names, more } = this.presence.page(prefix, after, by.username);
    const users = names.map((name) => ({ name, inChat: this.conversations.count(name) > 0 }));
    by.send('list', { more: more ? 1 : 0, users });
  }

  /** For each name what its peers would get in `pubk`; nothing where there is no such user. */
  certificates(by: Endpoint, names: readonly string[]): void {
    for (const name of new Set(names)) {
      const { certificates = [], spki = Buffer.alloc(0) } = this.presence.get(name) ?? this.#enrolled(name) ?? {};
      by.send('cert', { name, certificates, spki });
    }
  }

  #enrolled(username: string): { certificates: readonly Buffer[]; spki: Buffer } | undefined {
    const found = this.own.enrolled?.(username);
    return found && { certificates: found.certificates, spki: found.identity.spki };
  }

  #identityOf(username: string): PublicIdentity | undefined {
    const endpoint = this.presence.get(username);
    return endpoint ? publicIdentity(endpoint.spki) : this.own.enrolled?.(username)?.identity;
  }

  #noConversation(by: Endpoint, command: string, id: string): void {
    sendError(by, 'noConversation', command, Buffer.from(id, 'hex'), 'There is no such conversation.');
  }

  /** A conversation of two ends for both; whoever left it is not told. */
  #end(conversation: Conversation, reason: EndReason, leaver?: Endpoint): void {
    this.conversations.close(conversation);
    this.own.log('conversation-ended', { conversation: conversation.id, reason, by: leaver?.username });
    for (const member of conversation.members) {
      if (member !== leaver) member.send('exch', { conversation: conversation.id, reason: endReasons[reason] });
    }
  }
}
