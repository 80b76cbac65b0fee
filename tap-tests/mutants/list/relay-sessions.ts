import { type Mutant, sabotage } from '../mutant.js';

const SESSION = 'server/relay/session.test.ts';

/** What the relay does with who is logged in: docs/PROTOCOL.md parts 4 and 6. */
export const relaySessions: readonly Mutant[] = [
  ...sabotage('server/relay/session.ts', SESSION, [
    ['any pong is an answer', 'if (!this.#ping || !sameBytes(this.#ping, data)) throw', 'if (!this.#ping) throw'],
    ['a pong that nobody asked for is taken', 'if (!this.#ping || !sameBytes(this.#ping, data)) throw',
      'if (this.#ping && !sameBytes(this.#ping, data)) throw'],
    ['the ping can be foreseen', 'this.#ping = randomBytes(PING_BYTES);', 'this.#ping = Buffer.alloc(PING_BYTES);'],
    ['pings are a sign of a person', "if (command !== 'ping' && command !== 'pong') this.#vigil.active();",
      'this.#vigil.active();'],
    ['one conversation may fill the queue', 'this.hub.limits.queueCells / 2', 'this.hub.limits.queueCells * 2'],
    ['a queue has no end', 'if (this.#exceeds(this.cells, this.hub.limits.queueCells)) this.overflow();', ''],
    ['a burst is a queue', 'return cells > most && this.blockedSince !== undefined;', 'return cells > most;'],
    ['a stream that stands still is not watched', 'this.#vigil.blocked(this.blockedSince!);', ''],
    ['who waits for the rate is cut for its pong', "if (what === 'no-pong' && this.#intake.waits && !this.#granted) {",
      'if (false) {'],
    ['who waits for the rate never has to answer', "if (what === 'no-pong' && this.#intake.waits && !this.#granted) {",
      "if (what === 'no-pong' && this.#intake.waits) {"],
    ['a client that does not go is waited for',
      'this.#farewell = clock.after(FAREWELL_MS, () => this.socket.destroy());', '', 'server/library.test.ts'],
    ['who is gone is still there', 'switchboard.go(this, reason);', ''],
    ['what is wrong is overlooked', "if (fault instanceof WireError) return this.end('malformed', fault.message);",
      'if (fault instanceof WireError) return;'],
    ['RS of a login is kept by the server', '    keys.renewal.wipe();\n', ''],
    ['a server goes on with the keys of who is gone', '    this.#outbox.wipe();\n', ''],
  ]),
  ...sabotage('server/relay/intake.ts', SESSION, [
    ['there is no rate', 'if (wait > 0) {', 'if (false) {'],
    ['a message does not count', 'this.#rates.count(username);', ''],
    ['a record holds as many messages as it likes', 'if (this.#opened.length > this.#limits.rateMessages) {', 'if (false) {'],
    ['a record that waits for the rate is read on and on',
      'const held = waitingCells > (this.#held ? most / 2 : most);', 'const held = waitingCells > Infinity;'],
  ]),
  ...sabotage('server/relay/rate.ts', 'server/relay/rate.test.ts', [
    ['one message more than the rate', 'if (!window || window.times.length < this.limits.rateMessages) return 0;',
      'if (!window || window.times.length <= this.limits.rateMessages) return 0;'],
    ['the window is half as long', 'window.times[window.oldest]! + this.limits.rateWindowMs',
      'window.times[window.oldest]! + this.limits.rateWindowMs / 2'],
    ['the window does not slide', 'window.oldest = (window.oldest + 1) % window.times.length;', ''],
    ['a window is forgotten while it counts', 'clock.now() - newest >= limits.rateWindowMs',
      'clock.now() - newest >= 0', 'server/relay/rate.test.ts'],
  ]),
  ...sabotage('server/relay/router.ts', SESSION, [
    ['a frwd of 8 bytes', 'if (payload.length <= CONVERSATION)', 'if (payload.length < CONVERSATION)'],
  ]),
  ...sabotage('server/relay/queues.ts', 'server/relay/queues.test.ts', [
    ['all queues together have no end', 'if (this.#total > this.most) this.#closeFullest();', ''],
    ['who came last goes, not the fullest', 'if (own > cells) [fullest, cells] = [queue, own];',
      '[fullest, cells] = [queue, own];'],
    ['what has drained counts', 'for (const each of this.#counted.keys()) this.#note(each, each.cells);', ''],
  ]),
  ...sabotage('server/relay/vigil.ts', 'server/relay/vigil.test.ts', [
    ['who takes nothing stays', 'return (this.over.blockedSince ?? Infinity) + this.limits.stalledMs;',
      'return Infinity;'],
    ['who does not answer stays', 'this.#pongBy = this.clock.now() + this.limits.takeoverMs;', ''],
    ['any record is a sign of a person', 'this.#lastRecord = this.clock.now();\n    this.#pinged',
      'this.#lastActive = this.#lastRecord = this.clock.now();\n    this.#pinged'],
    ['a ping is an answer to itself', "if (what === 'ping') this.#pinged = true;",
      "if (what === 'ping') this.#lastRecord = this.clock.now();"],
    ['asking again gives more time', 'if (this.#pongBy < Infinity) return;', ''],
    ['a timer is left behind', 'this.#timer?.cancel();\n    this.#timer = undefined;',
      'this.#timer = undefined;', SESSION],
  ]),
  ...sabotage('server/relay/presence.ts', 'server/relay/local-switchboard.test.ts', [
    ['one name, two endpoints', 'if (this.#endpoints.has(endpoint.username)) return false;', ''],
    ['who never came in leaves for another', 'if (this.#endpoints.get(endpoint.username) !== endpoint) return false;',
      ''],
    ['a list has oneself', 'if (name === without || name === after) continue;', 'if (name === after) continue;'],
    ['a page of a list has no end', 'if (names.length === LIST_LINES_MAX)', 'if (false)'],
  ]),
];
