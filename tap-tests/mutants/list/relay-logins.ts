import { type Mutant, sabotage } from '../mutant.js';

const LOGIN = 'server/relay/login.test.ts';

/** Who gets in, and who stays: docs/PROTOCOL.md parts 2 and 6. */
export const relayLogins: readonly Mutant[] = [
  ...sabotage('server/relay/login.ts', LOGIN, [
    ['a login that fails is answered at once', 'if (!(fault instanceof WireError)) await pause', 'if (false) await pause'],
    ['what is malformed holds its place', 'if (!(fault instanceof WireError)) await pause', 'await pause'],
    ['bytes behind M3 are kept', 'if (socket.readableLength > 0)', 'if (false)'],
    ['a certificate alone takes a name', 'user = registry.find(username, brought);', 'registry.enrol((user = registry.find(username, brought)));'],
    ['nobody is enrolled by certificate', 'registry.enrol(user!);', ''],
    ['no handshake is too slow', 'const deadline = clock.after(ms, tooSlow);', 'const deadline = clock.after(1e9, tooSlow);'],
    ['the deadline of M1 goes on behind it', '    deadline.cancel();', ''],
    ['the ephemeral key outlives a login without M3', '    expecting.ephemeral.destroy();', ''],
    ['who is not believed is told so in another way', 'if (fault instanceof TrustError) return 3;', 'if (fault instanceof TrustError) return 5;'],
    ['a share that does not open is told in another way', "if (fault.code === 'refused') return 7;\n  return 3;",
      "if (fault.code === 'refused') return 7;\n  return fault.code === 'bad-share' ? 1 : 3;"],
  ]),
  ...sabotage('server/relay/registry.ts', 'server/relay/registry.test.ts', [
    ['a revoked name gets in', 'if (this.#revokedNames.has(fold(username)))', 'if (false)'],
    ['a revoked name gets in by another case', 'if (this.#revokedNames.has(fold(username)))', 'if (this.#revokedNames.has(username))'],
    ['a revoked key gets in', "if (this.#source.users.revokedFingerprints.has(found.identity.fingerprint.toString('hex'))) {", 'if (false) {'],
    ['certificates are accepted unasked', 'if (!enrolled && !this.#source.acceptCertificates) {', 'if (false) {'],
    ["a certificate takes another's name or key", 'if (holder !== undefined) {', 'if (false) {'],
    ['a certificate for another key than the one enrolled', 'if (enrolled && !enrolled.identity.fingerprint.equals(identity.fingerprint)) {', 'if (false) {'],
    ['an enrolment outlives its certificate', '      this.#verify(username, certified.certificates);\n', ''],
    ['who was noted stays noted, whoever is enrolled since', 'if (this.#otherHolder(enrolment) === undefined) this.enrol(enrolment);', 'this.enrol(enrolment);'],
    ['an entry that was taken away lives on', 'if (this.#source.users.users.has(found.username)) return;', ''],
    ['one key under two names', "    this.#holders.set(identity.fingerprint.toString('hex'), username);\n", ''],
    ['one name in two cases', '    this.#holders.set(fold(username), username);\n', ''],
    ['certificates are valid for ever', 'now: new Date(this.clock.wall()), username', 'now: new Date(1_811_808_000_000), username'],
    ['the list of those revoked is read once', 'this.#source = source;\n    this.#revokedNames = folded(source.users.revokedNames);\n    const certified',
      'this.#source = source;\n    const certified',
      'server/relay/registry.test.ts'],
  ]),
  ...sabotage('server/relay/relay.ts', 'server/library.test.ts', [
    ['whoever is revoked stays', "if (!this.#mayStay(session)) session.end('revoked');", 'void this.#mayStay(session);'],
    ['whoever has another key stays', '.identity.fingerprint.equals(fingerprint);', ' !== undefined;'],
    ['a handshake that ended keeps its place', 'ticket.finished();', '', LOGIN],
    ['a connection that closed keeps its place', 'ticket.closed();', '', LOGIN],
    ['who is not let in stays connected', 'return turnAway(socket, 5);', 'return;', LOGIN],
    ['a closing server leaves handshakes open', "abort.abort(new HandshakeError('refused', 'The server is closing.'));", 'void abort;'],
    ['a closing server tells that the others go', 'session.mute();', 'void session;', 'scenario/reconnect.test.ts'],
  ]),
  ...sabotage('server/relay/admission.ts', 'server/relay/admission.test.ts', [
    ['nobody connects too often', 'if (address.tokens < 1)', 'if (false)'],
    ['a connection costs no token', 'address.tokens--;', ''],
    ['the bucket has no top', 'Math.min(this.limits.connectBurst, tokens', 'Math.max(0, tokens'],
    ['one connection too many', 'if (address.connections >= limits', 'if (address.connections > limits'],
    ['an address has all places of handshakes', 'if (address.handshakes >= limits.handshakesPerAddress) this.#dropOldest(address);', ''],
    ["a crowd drops another address's handshake", 'if (address && oldest.address !== address) continue;', ''],
    ['unfinished handshakes have no end', 'if (this.#handshakes.size >= limits.handshakes) this.#dropOldest();', ''],
    ['a logged-in user is dropped for a new connection', 'finished: () => this.#finish(handshake)', 'finished: () => undefined'],
    ['who closes twice gives back two places', 'if (open) address.connections--;', 'address.connections--;'],
  ]),
  ...sabotage('server/relay/address.ts', 'server/relay/address.test.ts', [
    ['an IPv6 customer has 2^64 addresses', "bytes.toString('hex', 0, 8)", "bytes.toString('hex', 0, 16)"],
    ['a mapped address is another one', 'bytes.subarray(0, MAPPED.length).equals(MAPPED)', 'bytes.subarray(0, 1).equals(MAPPED)'],
  ]),
  ...sabotage('server/relay/fading-map.ts', 'server/relay/fading-map.test.ts', [
    ['what strangers chose is never forgotten', 'else if (this.stale(next.value[1])) this.#entries.delete(next.value[0]);', ''],
    ['what is in use is forgotten', 'else if (this.stale(next.value[1]))', 'else'],
  ]),
  ...sabotage('server/relay/log.ts', 'server/relay/log.test.ts', [
    ['peers write lines of the log', 'return /^[\\w.:/@+[\\]-]+$/.test(text) ? text : ascii(JSON.stringify(text));', 'return text;'],
    ['a value of the log looks like a field', '/^[\\w.:/@+[\\]-]+$/', '/^[\\w.:/@+=[\\]-]+$/'],
    ['the log reaches a terminal as it is', "return json.replace(/[^\\x20-\\x7e]/g,", "return json.replace(/[^\\x09-\\uffff]/g,"],
  ]),
];
