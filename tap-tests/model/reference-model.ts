import {
  callersOf, callsBy, conversationsOf, emptyState, type Limits, ofPair, pair, peerIn, peersOf, type State,
} from './state.js';

export type Command = readonly [verb: string, ...more: string[]];

/** How many conversations that one has left a connection remembers, so that a late `frwd` is no error. */
const LEFT_REMEMBERED = 64;

/** So many calls withdrawn in a row count like a refusal. */
const WITHDRAWN_IN_A_ROW = 3;

const codes = {
  'not online': 1, oneself: 2, exists: 3, 'calling you': 4, 'no request': 5, 'no conversation': 6, 'no answer': 7,
  limit: 8, idle: 9, silence: 10, malformed: 12, closing: 13,
} as const;
type Code = keyof typeof codes;

const reasons = { left: 0, broken: 1, idle: 3 } as const;
type Reason = keyof typeof reasons;

/** What shows that a person is there, whatever becomes of it. */
const signsOfLife = new Set(['chat', 'cach', 'acpt', 'refu', 'frwd', 'exch', 'list']);

/**
 * What a server has to answer to calls and in conversations, as docs/PROTOCOL.md parts 4 and 6 say it, in the order of
 * their tables; how a server does it is no matter here.
 * @param tell gets every message that a user is to hear, as a line; `closed` is the end of the connection
 * @param met gets the name of each rule that was applied
 */
export class ReferenceModel {
  constructor(
    private readonly limits: Limits,
    private readonly tell: (name: string, line: string) => void,
    private readonly met: (rule: string) => void,
    public state: State = emptyState(),
  ) {}

  /** @param command one of the methods up to `breaks`, and what it is about */
  does(by: string, [verb, ...more]: Command): void {
    const connection = this.state.online.get(by);
    if (!connection && verb !== 'login') return this.met('behind exit: thrown away');
    if (connection && signsOfLife.has(verb)) connection.active = this.state.now;
    (this[verb as 'login'] as (by: string, ...more: string[]) => void)(by, ...more);
  }

  /* Calls. */

  chat(caller: string, receiver: string): void {
    const [code, why] = this.#whyNoCall(caller, receiver) ?? [];
    if (code) return this.#error(caller, code, 'chat', receiver, why);
    this.#countCall(caller, receiver);
    this.state.requests.set(pair(caller, receiver), this.state.now);
    this.state.barred.delete(pair(caller, receiver));
    this.tell(receiver, `reqt ${caller}`);
    this.tell(caller, `call ${receiver}`);
  }

  #whyNoCall(caller: string, receiver: string): [Code, why?: string] | undefined {
    const { state, limits } = this;
    const { online, requests, now } = state;
    if (caller === receiver) return ['oneself'];
    if (!online.has(receiver)) return ['not online'];
    if (requests.has(pair(caller, receiver))) return ['exists', 'a request exists'];
    if (peersOf(state, caller).includes(receiver)) return ['exists', 'a conversation exists'];
    if (requests.has(pair(receiver, caller))) return ['calling you'];
    const bar = state.barred.get(pair(caller, receiver));
    if (bar && now < bar.until) return ['limit', `limit after ${bar.by}`];
    if (peersOf(state, caller).length >= limits.conversationsPerUser) return ['limit', 'limit of conversations'];
    if (callsBy(state, caller).length >= limits.outgoingCalls) return ['limit', 'limit of outgoing calls'];
    if (callersOf(state, receiver).length >= limits.incomingCalls) return ['limit', 'limit of incoming calls'];
    return undefined;
  }

  cach(caller: string, receiver: string): void {
    const accepted = peersOf(this.state, caller).includes(receiver) ? 'no request, the other has accepted' : undefined;
    if (!this.state.requests.delete(pair(caller, receiver))) {
      return this.#error(caller, 'no request', 'cach', receiver, accepted);
    }
    this.met('cach: withdrawn');
    this.tell(receiver, `cach ${caller}`);
    this.#countWithdrawn(pair(caller, receiver));
  }

  #countWithdrawn(call: string): void {
    const { withdrawn, barred, now } = this.state;
    const { refusedMs } = this.limits;
    const { times, last } = withdrawn.get(call) ?? { times: 0, last: -Infinity };
    const inARow = now - last < refusedMs ? times + 1 : 1;
    withdrawn.set(call, { times: inARow, last: now });
    if (inARow >= WITHDRAWN_IN_A_ROW) barred.set(call, { until: now + refusedMs, by: 'third cach' });
  }

  acpt(receiver: string, caller: string): void {
    const { state } = this;
    if (!state.requests.has(pair(caller, receiver))) return this.#error(receiver, 'no request', 'acpt', caller);
    const full = (name: string) => conversationsOf(state, name).length >= this.limits.conversationsPerUser;
    if (full(receiver)) return this.#error(receiver, 'limit', 'acpt', caller, 'limit of the receiver');
    if (full(caller)) return this.#error(receiver, 'limit', 'acpt', caller, 'limit of the caller');
    this.met('acpt: a conversation');
    state.requests.delete(pair(caller, receiver));
    state.withdrawn.delete(pair(caller, receiver));
    const conversation = `#${++state.made}`;
    state.conversations.set(conversation, [caller, receiver]);
    this.tell(caller, `pubk ${conversation} 0 ${receiver}`);
    this.tell(receiver, `pubk ${conversation} 1 ${caller}`);
  }

  refu(receiver: string, caller: string): void {
    const { requests, barred, now } = this.state;
    if (!requests.delete(pair(caller, receiver))) return this.#error(receiver, 'no request', 'refu', caller);
    this.met('refu: refused');
    barred.set(pair(caller, receiver), { until: now + this.limits.refusedMs, by: 'refu' });
    this.tell(caller, `refu ${receiver}`);
  }

  /* Conversations. */

  frwd(by: string, conversation: string, body: string): void {
    const { online, now } = this.state;
    const peer = peerIn(this.state, conversation, by);
    if (peer === undefined) {
      const justLeft = online.get(by)!.left.slice(-LEFT_REMEMBERED).includes(conversation);
      return justLeft ? this.met('frwd: ignored, just left') : this.#noConversation(by, 'frwd', conversation);
    }
    this.met('frwd: handed on');
    online.get(peer)!.active = now;
    this.tell(peer, `frwd ${conversation} ${body}`);
  }

  exch(by: string, conversation: string): void {
    const peer = peerIn(this.state, conversation, by);
    if (peer === undefined) return this.#noConversation(by, 'exch', conversation);
    this.met('exch: left');
    this.state.online.get(by)!.left.push(conversation);
    this.#end(conversation, peer, 'left');
  }

  /* The other commands. */

  list(by: string, prefix: string, after: string): void {
    const { online } = this.state;
    const names = [...online.keys()].filter((name) => name !== by && name.startsWith(prefix) && name > after).sort();
    const lines = names.map((name) => (conversationsOf(this.state, name).length > 0 ? `${name}[IN CHAT]` : name));
    this.met(lines.some((line) => line.endsWith(']')) ? 'list: somebody in a chat' : 'list: nobody in a chat');
    this.tell(by, `list 0 ${lines.join(' ')}`.trim());
  }

  ping(by: string, data: string): void {
    this.tell(by, `pong ${data}`);
  }

  /** With the bytes of the server's `ping`. */
  pong(by: string): void {
    const connection = this.state.online.get(by)!;
    if (connection.pongBy === undefined) return this.rubbish(by);
    this.met('pong: in time');
    delete connection.pongBy;
  }

  exit(by: string): void {
    this.#gone(by, 'left');
    this.#lastWords(by);
  }

  /* Connections. */

  login(name: string): void {
    const { online, now } = this.state;
    const connection = online.get(name);
    if (connection) {
      this.met('login: refused, the name is logged in');
      this.tell(`second ${name}`, 'refusal 4');
      if (connection.pongBy === undefined) this.tell(name, 'ping');
      connection.pongBy ??= now + this.limits.takeoverMs;
    } else {
      this.met('login');
      online.set(name, { active: now, left: [] });
      this.tell(name, `welc ${this.#welcome()}`);
    }
  }

  #welcome(): string {
    const { rateMessages, rateWindowMs, idleMs, ringMs } = this.limits;
    const rate = { messages: rateMessages, seconds: rateWindowMs / 1000 };
    return JSON.stringify({ text: 'User Login Complete!', rate, idle: idleMs / 1000, ring: ringMs / 1000 });
  }

  /** Whatever part 3 calls malformed. */
  rubbish(by: string): void {
    this.met('malformed');
    this.#gone(by, 'broken');
    this.#lastWords(by, 'malformed');
  }

  breaks(by: string): void {
    this.met('the connection broke');
    this.#gone(by, 'broken');
  }

  /** The server closes: each finds that its own connection ended, and nobody is told that others go. */
  closes(): void {
    for (const name of this.state.online.keys()) this.#lastWords(name, 'closing');
    this.state.online.clear();
  }

  /* Time. */

  advance(ms: number): void {
    const end = this.state.now + ms;
    for (let next = this.due(end); next; next = this.due(end)) {
      this.state.now = next.at;
      next.happens();
    }
    this.state.now = end;
  }

  /** What happens by itself next, if that is not after `end`. */
  due(end: number): { at: number; happens: () => void } | undefined {
    const { state: { requests, online }, limits: { ringMs, idleMs } } = this;
    const all = [
      ...[...requests].map(([call, since]) => ({ at: since + ringMs, happens: () => this.#noAnswer(...ofPair(call)) })),
      ...[...online].flatMap(([name, { active, pongBy = Infinity }]) => [
        { at: active + idleMs, happens: () => this.#cut(name, 'idle') },
        { at: pongBy, happens: () => this.#cut(name, 'silence') },
      ]),
    ];
    return all.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
  }

  #noAnswer(caller: string, receiver: string): void {
    this.state.requests.delete(pair(caller, receiver));
    this.#error(caller, 'no answer', 'chat', receiver);
    this.tell(receiver, `cach ${caller}`);
  }

  #cut(name: string, why: 'idle' | 'silence'): void {
    this.met(`cut: ${why}`);
    this.#gone(name, 'idle');
    this.#lastWords(name, why);
  }

  /* What several of these have in common. */

  #gone(name: string, reason: Reason): void {
    const { online, requests } = this.state;
    online.delete(name);
    for (const receiver of callsBy(this.state, name)) {
      this.met('the caller is gone');
      requests.delete(pair(name, receiver));
      this.tell(receiver, `cach ${name}`);
      this.#countWithdrawn(pair(name, receiver));
    }
    for (const caller of callersOf(this.state, name)) {
      this.met('the receiver is gone');
      requests.delete(pair(caller, name));
      this.#error(caller, 'not online', 'chat', name, 'not online any more');
    }
    for (const conversation of conversationsOf(this.state, name)) {
      this.#end(conversation, peerIn(this.state, conversation, name)!, reason);
    }
  }

  #end(conversation: string, told: string, reason: Reason): void {
    this.met(`exch ${reason}`);
    this.state.conversations.delete(conversation);
    this.tell(told, `exch ${conversation} ${reasons[reason]}`);
  }

  #lastWords(name: string, why?: Code): void {
    if (why) this.tell(name, `erro ${codes[why]}`);
    this.tell(name, 'exit');
    this.tell(name, 'closed');
  }

  #error(name: string, code: Code, command: string, subject: string, why: string = code): void {
    this.met(`${command}: ${why}`);
    this.tell(name, `erro ${codes[code]} ${command} ${subject}`);
  }

  #noConversation(by: string, command: string, conversation: string): void {
    const error = (why: string) => this.#error(by, 'no conversation', command, conversation, `no conversation, ${why}`);
    if (this.state.conversations.has(conversation)) return error("another's");
    if (this.state.online.get(by)!.left.includes(conversation)) return error('left');
    return error(conversation.startsWith('#') ? 'ended' : 'unknown');
  }

  #countCall(caller: string, receiver: string): void {
    const { barred, withdrawn } = this.state;
    const bar = barred.get(pair(caller, receiver));
    this.met('chat: rings');
    if (bar) this.met(`chat: rings again after ${bar.by}`);
    if (withdrawn.has(pair(caller, receiver))) this.met('chat: rings again after cach');
    if (barred.get(pair(receiver, caller))?.by === 'refu') this.met('chat: by the one who refused');
  }
}
