import { type Mutant, sabotage } from '../mutant.js';

/** A client's connection to the relay: docs/PROTOCOL.md parts 3, 4 and 6, What a client has to do. */
export const engineSessions: readonly Mutant[] = [
  ...sabotage('client/engine/session.ts', 'client/engine/session.test.ts', [
    ['something may come before welc', "if (!this.#pacer && command !== 'welc') {", 'if (false) {'],
    ['welc may come twice', 'if (this.#pacer) throw', 'if (false) throw'],
    ['pings pile up', 'if (this.#answering) throw', 'if (false) throw'],
    ['a pong that nobody asked for is taken by a client', 'if (!this.#pinged || data.length > 0) throw', 'if (data.length > 0) throw'],
    ['a pong with other bytes is taken by a client', 'if (!this.#pinged || data.length > 0) throw', 'if (!this.#pinged) throw'],
    ['a silent server is waited for', 'if (this.#pinged || !this.#pacer) return this.#end', 'if (!this.#pacer) return this.#end'],
    ['a server without welc is waited for', 'if (this.#pinged || !this.#pacer) return this.#end', 'if (this.#pinged) return this.#end'],
    ['a record may hold a flood', 'this.#outbox.messagesMax = messages;', ''],
    ['a relay may ask for more than is sent', 'if (this.waiting > 2 * WAITING_MAX) return this.#end', 'if (false) return this.#end'],
    ['behind a fault a client goes on', 'for (const { command, payload } of messages) if (!this.#ended) this.#dispatch', 'for (const { command, payload } of messages) this.#dispatch'],
    ['a server that does not answer exit is waited for', 'this.#timer = this.clock.after(CLOSE_MS, () => this.#end(undefined));', ''],
    ['a connection that was cut ended well', "stream.on('end', () => this.#end(this.#exiting ? undefined :", "stream.on('end', () => this.#end(true ? undefined :"],
    ['exit of the server alone ended well', 'exit: () => this.#end(this.#exiting ? undefined :', 'exit: () => this.#end(true ? undefined :'],
  ]),
  ...sabotage('client/engine/pacer.ts', 'client/engine/pacer.test.ts', [
    ['a client sends one message too many', 'if (this.#sent.length < this.messages) return 0;', 'if (this.#sent.length <= this.messages) return 0;'],
    ['a client sends a little too early', 'Math.ceil(this.#sent[0]! + this.windowMs - this.clock.now())', 'Math.floor(this.#sent[0]! + this.windowMs - this.clock.now())'],
    ['texts go before what keeps order', 'this.#lanes.control.shift() ?? this.#lanes.text.shift()!', 'this.#lanes.text.shift() ?? this.#lanes.control.shift()!'],
    ['a stopped pacer sends', 'if (this.#stopped) return;', ''],
  ]),
  ...sabotage('client/engine/welcome.ts', 'client/engine/welcome.test.ts', [
    ['a server sets a rate without sense', 'if (!sensible(rate?.messages, MESSAGES) || !sensible(rate.seconds, SECONDS)) return usual;',
      "if (typeof rate?.messages !== 'number' || typeof rate.seconds !== 'number') return usual;"],
    ['a server stops a client with its rate', 'SECONDS = { min: 0.001, max: 3_600 }', 'SECONDS = { min: 0.001, max: 1e12 }'],
  ]),
  ...sabotage('client/engine/engine.ts', 'scenario/reconnect.test.ts', [
    ['a revoked client comes back by itself', 'if (connection.revoked) return this.#close(4, connection.closing!);', '',
      'scenario/reconnect.test.ts'],
    ['any name is called', 'if (about !== undefined) checkUsername(about);', '', 'scenario/calls.test.ts'],
    ['a login has no deadline', 'const timer = clock.after(LOGIN_MS, () =>', 'const timer = clock.after(1e9, () =>'],
    ['a lost connection is tried for ever', '<= reconnectMs;', '<= Infinity;'],
  ]),
  ...sabotage('client/engine/connection.ts', 'scenario/trust.test.ts', [
    ['a client does not hear that it is revoked', 'this.revoked ||= code === errorCodes.revoked;', '',
      'scenario/reconnect.test.ts'],
  ]),
  ...sabotage('client/engine/listing.ts', 'scenario/chat.test.ts', [
    ['a list that nobody asked for is shown', 'if (this.#waiting.length === 0) return;', '',
      'client/engine/session.test.ts'],
    ['a list has no end', ' && this.#users.length < NAMES_MAX', '',
      'client/engine/session.test.ts'],
  ]),
];
