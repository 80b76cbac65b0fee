/** The limits of docs/PROTOCOL.md part 6 that calls, conversations and the connection of a user depend on. */
export interface Limits {
  readonly conversationsPerUser: number;
  readonly outgoingCalls: number;
  readonly incomingCalls: number;
  readonly ringMs: number;
  readonly refusedMs: number;
  readonly idleMs: number;
  readonly takeoverMs: number;
  readonly rateMessages: number;
  readonly rateWindowMs: number;
}

export interface Connection {
  /** When the last command came, or the last `frwd` was handed over. */
  active: number;
  /** The conversations that it has left by `exch`. */
  readonly left: string[];
  /** When the answer to the server's `ping` is due, if it has asked. */
  pongBy?: number;
}

/** A key for what is of one caller towards one receiver. Names have no blanks. */
export const pair = (caller: string, receiver: string): string => `${caller} ${receiver}`;
export const ofPair = (call: string): [caller: string, receiver: string] => call.split(' ') as [string, string];

/** All that a server has to know; plain data, so that it can be copied. */
export interface State {
  now: number;
  /** Conversations are called `#1`, `#2`, …; how many there were. */
  made: number;
  readonly online: Map<string, Connection>;
  /** By `pair`: since when it rings; in the order in which they began to. */
  readonly requests: Map<string, number>;
  /** Who called, and who accepted. */
  readonly conversations: Map<string, readonly [caller: string, receiver: string]>;
  /** By `pair`: until when that caller may not call that receiver, and why. */
  readonly barred: Map<string, { readonly until: number; readonly by: 'refu' | 'third cach' }>;
  /** By `pair`: how many calls were withdrawn in a row, and when the last one was. */
  readonly withdrawn: Map<string, { readonly times: number; readonly last: number }>;
}

export const emptyState = (): State => ({
  now: 0, made: 0,
  online: new Map(), requests: new Map(), conversations: new Map(), barred: new Map(), withdrawn: new Map(),
});

export const callsBy = ({ requests }: State, caller: string): string[] =>
  [...requests.keys()].map(ofPair).filter((call) => call[0] === caller).map(([, receiver]) => receiver);

export const callersOf = ({ requests }: State, receiver: string): string[] =>
  [...requests.keys()].map(ofPair).filter((call) => call[1] === receiver).map(([caller]) => caller);

export const conversationsOf = ({ conversations }: State, name: string): string[] =>
  [...conversations].filter(([, members]) => members.includes(name)).map(([conversation]) => conversation);

/** The other member, if `name` is one. */
export function peerIn({ conversations }: State, conversation: string, name: string): string | undefined {
  const [caller, receiver] = conversations.get(conversation) ?? [];
  return name === caller ? receiver : name === receiver ? caller : undefined;
}

export const peersOf = (state: State, name: string): string[] =>
  conversationsOf(state, name).map((conversation) => peerIn(state, conversation, name)!);
