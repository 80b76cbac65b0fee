import { type Mutant, sabotage } from '../mutant.js';

/** Calls and conversations on the relay: docs/PROTOCOL.md part 4. */
export const relayCalls: readonly Mutant[] = [
  ...sabotage('server/relay/local-switchboard.ts', 'server/relay/local-switchboard.test.ts', [
    ['one may call oneself', 'if (caller === receiver)', 'if (false)'],
    ['a call may be there twice', 'if (this.calls.get(caller, receiver))', 'if (false)'],
    ['two may have two conversations', 'if (this.conversations.between(caller, receiver))', 'if (false)'],
    ['calls may cross', 'if (this.calls.get(receiver, caller))', 'if (false)'],
    ['who was refused may ring again', 'if (wait > 0)', 'if (false)'],
    ['a refusal is forgotten', 'this.#refused.of(`${caller} ${by.username}`).until = clock.now() + limits.refusedMs;', 'void [limits, clock];'],
    ['who withdraws may ring for ever', 'if (++pair.withdrawn >= WITHDRAWN_MAX)', 'if (++pair.withdrawn >= 1_000)', 'scenario/calls.test.ts'],
    ['withdrawn calls do not count', '    this.#withdrawn(by.username, receiver);\n', '', 'scenario/calls.test.ts'],
    ['a refusal is forgotten before it is over', 'Math.max(until, forgotten) <= own.clock.now()', 'forgotten <= own.clock.now()'],
    ['a caller has as many conversations as it likes', 'if (this.conversations.count(caller) >= conversationsPerUser) {', 'if (false) {'],
    ['a caller has one call too many', 'if (this.calls.countOutgoing(caller) >= outgoingCalls) {', 'if (this.calls.countOutgoing(caller) > outgoingCalls) {'],
    ['a receiver has one call too many', 'this.calls.countIncoming(receiver) >= incomingCalls', 'this.calls.countIncoming(receiver) > incomingCalls'],
    ['an accepted call knows no limit', 'if (this.conversations.count(username) >= most) {', 'if (false) {'],
    ['a call at the limit is lost', '    const call = this.calls.get(caller, by.username);', '    const call = this.calls.take(caller, by.username);'],
    ['both get one role', '[receiver, caller, roles.receiver]', '[receiver, caller, roles.caller]'],
    ['one gets its own key', "to.send('pubk', { conversation: id, role, peer: username, certificates, spki });",
      "to.send('pubk', { conversation: id, role, peer: username, certificates, spki: to.spki });"],
    ['the sender gets it back', 'if (member === by || member.forward(id, payload)) continue;', 'if (member.forward(id, payload)) continue;'],
    ['too much for one ends nothing', "      return this.#end(conversation, 'didNotRead');", '      return;'],
    ['what waits of an ended conversation is sent', '      member.forget(id);\n', ''],
    ['whoever is gone leaves requests ringing', "      this.calls.take(name, receiver.username);\n", ''],
    ['whoever is gone leaves conversations', 'for (const conversation of this.conversations.all(name)) this.#end(conversation, reason, endpoint);', ''],
    ['frwd behind exch is an error', 'if (!this.conversations.hasJustLeft(id, by)) this.#noConversation', 'this.#noConversation'],
    ['a second login does not ask the first', 'this.presence.get(endpoint.username)!.probe();', ''],
  ]),
  ...sabotage('server/relay/calls.ts', 'server/relay/local-switchboard.test.ts', [
    ['a call that was answered rings on', 'call.ring.cancel();', ''],
    ['a call that ended counts for the receiver', 'this.#incoming.delete(receiver, caller);', ''],
  ]),
  ...sabotage('server/relay/conversations.ts', 'server/relay/local-switchboard.test.ts', [
    ['anybody may forward into a conversation', 'return conversation?.members.includes(member) ? conversation : undefined;', 'return conversation;'],
    ['a conversation that ended is still there', 'this.#byId.delete(conversation.id);', ''],
    ['a conversation that ended counts for its members', 'own?.delete(conversation);', ''],
    ['what was left is never forgotten', 'if (left.length > LEFT_REMEMBERED) left.shift();', ''],
    ['an id may be given twice', 'if (!this.#byId.has(id)) return id;', 'return id;'],
  ]),
];
