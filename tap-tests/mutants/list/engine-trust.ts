import { type Mutant, sabotage } from '../mutant.js';

const CONVERSATIONS = 'client/engine/conversations.test.ts';
const TRUST = 'scenario/trust.test.ts';

/** Whom a client believes: docs/PROTOCOL.md parts 2 and 5, The key of the peer. */
export const engineTrust: readonly Mutant[] = [
  ...sabotage('client/engine/judge.ts', 'client/engine/judge.test.ts', [
    ['a changed key is like any other', 'if (!sameBytes(pinned, key.fingerprint)) return', 'if (false) return'],
    ['a certificate outdoes a pin', 'if (!sameBytes(pinned, key.fingerprint)) return', 'if (!certified && !sameBytes(pinned, key.fingerprint)) return'],
    ['a key that was never compared counts as compared', 'compared: pin.compared };', 'compared: true };'],
    ['first use counts as known', "certified ? 'certified' : 'first-use'", "certified ? 'certified' : 'known'"],
    ['a certificate of another key is shown beside it', 'if (!parseCertificate(own).publicKey.spki.equals(key.spki)) {', 'if (false) {'],
    ['certificates of peers are believed unseen', 'verifyUserChain(certificates, { authorities, username: peer, now });', ''],
    ['the key of a peer is not looked at', 'const key = publicIdentity(spki);', 'const key = certificates[0] ? parseCertificate(certificates[0]).publicKey : publicIdentity(spki);'],
  ]),
  ...sabotage('client/engine/conversations.ts', CONVERSATIONS, [
    ['own key is taken for a peer', 'if (key.spki.equals(this.self.credentials.identity.public.spki)) {', 'if (false) {'],
    ['a chat that nobody asked for begins', 'if (!asked) throw unasked', 'if (false) throw unasked'],
    ['an id that was used comes again', 'if (known || this.#endedIds.has(id)) throw', 'if (known) throw'],
    ['a conversation whose id came again goes on', "    known?.conversation.gone('tampered');\n", ''],
    ['two conversations with one peer', 'if (this.#byPeer.has(peer)) throw', 'if (false) throw',
      'attacks/A18-keys-nobody-asked-for.test.ts'],
    ['a pin is written over', 'if (trust.find(serverName, name)) return;', '',
      'attacks/A16-pins.test.ts'],
    ['a changed key is not kept for the person', 'this.self.changed.set(peer, key);', ''],
    ['exch is taken for a goodbye', "[endReasons.left]: 'disconnected'", "[endReasons.left]: 'left'"],
    ['an id that was refused is forgotten', '  #refuse(id: string): void {\n    this.#remember(id);', '  #refuse(id: string): void {',
      'attacks/A18-keys-nobody-asked-for.test.ts'],
    ['an id that ended is forgotten', '    else this.#remember(id);\n', ''],
    ['a call that was withdrawn is a warning', 'if (introduction.role === roles.caller && this.calls.withdrew(peer) && !this.#byId.has(id))', 'if (false)'],
    ['a text that is no Unicode is sent', "if (bytes.toString('utf8') !== text)", 'if (false)',
      'scenario/chat.test.ts'],
    ['keys of renewals come from the pool', 'freshEphemeral: (offered) => pool.takeFresh(offered)', 'freshEphemeral: (offered) => pool.take(offered)'],
  ]),
  ...sabotage('client/engine/calls.ts', CONVERSATIONS, [
    ['who was not accepted is taken as accepted', ': this.#accepted.delete(username);', ': true;'],
    ['a call is not used up by its answer', "role === 'caller' ? this.#outgoing.delete(username)", "role === 'caller' ? this.#outgoing.has(username)",
      'attacks/A8-chat-out-of-turn.test.ts'],
    ['an acceptance is not used up', ': this.#accepted.delete(username);', ': this.#accepted.has(username);',
      'attacks/A8-chat-out-of-turn.test.ts'],
    ['a relay may ask for as much as it likes', ' || this.#incoming.size >= INCOMING_MAX', ''],
    ['a withdrawn call is forgiven more than once', 'this.#withdrawn.delete(username);\n  }', 'this.#withdrawn.has(username);\n  }'],
  ]),
  ...sabotage('client/engine/safety.ts', TRUST, [
    ['any number approves a changed key', "if (number.replace(/\\s/g, '') !== expected.replace(/\\s/g, '')) {", 'if (false) {'],
    ['an approved key counts as compared', "toString('hex'), compared: false,", "toString('hex'), compared: true,",
      'client/engine/judge.test.ts'],
    ['an old key is compared while a new one waits', 'if (this.self.changed.has(username)) {', 'if (false) {',
      'client/engine/judge.test.ts'],
  ]),
  ...sabotage('client/engine/trust-store.ts', 'client/engine/trust-store.test.ts', [
    ['a pin counts for every server', 'pin.server === server && pin.username === username', 'pin.username === username'],
    ['pins of a damaged file are forgotten in silence', "throw damaged('not JSON');", 'return [];'],
    ['an entry that is no key is taken', "if (!parsed.pins.every(isPin)) throw damaged('an entry is not a key');", ''],
    ['a fingerprint of any length', '/^[0-9a-f]{64}$/', '/^[0-9a-f]+$/'],
    ['a new pin stands beside the old', 'const pins = [...others, pin];', 'const pins = [...this.pins, pin];'],
  ]),
  ...sabotage('client/engine/login.ts', 'client/engine/login.test.ts', [
    ['the server is looked at under any name', '{ authorities, serverName, now });', "{ authorities, serverName: 'localhost', now });",
      'scenario/reconnect.test.ts'],
    ['RS of a login is kept', '  keys.renewal.wipe();\n', ''],
    ['the keys of a login that failed are kept', '    wipeKeys(keys);\n', ''],
    ['a refusal behind M3 is taken for a record', 'if (isRefusalCell(firstCell))', 'if (false)'],
    ['a refusal of any number', 'return isRefusalCode(code) ? new RefusedError(code) :', 'return true ? new RefusedError(code as RefusalCode) :'],
  ]),
  ...sabotage('client/engine/retry.ts', 'client/engine/retry.test.ts', [
    ['one false refusal makes a client give up', 'return wasOnline || error.refusalCode === BUSY;', 'return error.refusalCode === BUSY;'],
    ['a server that is not believed is tried again', "if (error instanceof HandshakeError) return error.code === 'too-slow';", 'if (error instanceof HandshakeError) return true;'],
    ['tries do not grow apart', 'FIRST_MS * 2 ** Math.min(attempt, 16)', 'FIRST_MS'],
    ['all come back at once', '(1 + random() / 4)', '1'],
  ]),
];
