import { type Mutant, sabotage } from '../mutant.js';

const [HISTORY, EPOCH, CANDIDATES, TALK] = [
  'client/engine/rooms/history.test.ts', 'client/engine/rooms/epoch.test.ts', 'client/engine/rooms/candidates.test.ts',
  'client/engine/rooms/talk.test.ts',
] as const;

/** Rooms on the client: docs/PROTOCOL.md part 10. */
export const clientRooms: readonly Mutant[] = [
  ...sabotage('client/engine/rooms/history.ts', HISTORY, [
    ['a change need not follow the one before', 'if (came.number !== head.change.number + 1 || !sameBytes(came.previous, head.hash)) {', 'if (false) {'],
    ['nobody looks whether a list follows', 'checkMembers(head.change.members, came);', ''],
    ['nobody looks who has signed a change', 'verifyChange(this.room, came, await keyOf({ username: came.author, fingerprint: came.authorKey }));', ''],
    ['another history is as good', 'if (at < 0) throw', 'if (false) throw'],
    ['a newcomer need not be in the list', 'if (!own || !sameBytes(own.fingerprint, fingerprint)) {', 'if (false) {'],
  ]),
  ...sabotage('client/engine/rooms/epoch.ts', EPOCH, [
    ['a receipt may fall back', 'texts < (this.#shown.get(sender) ?? 0) ||', ''],
    ['a receipt may be of something else', '|| !sameBytes(known, hash)', ''],
    ['an epoch has no end', 'return this.texts >= ROOM_TEXTS_MAX || this.#age >= ROOM_EPOCH_MS_MAX;', 'return false;'],
    ['an epoch is never due', 'return this.texts >= ROOM_TEXTS || this.#age >= ROOM_EPOCH_MS;', 'return false;'],
    ['nobody sees that a text is late', 'late: this.#freshness.get(sender)!.late(opened.sealedAt) };', 'late: false };'],
  ]),
  ...sabotage('client/engine/rooms/candidates.ts', CANDIDATES, [
    ['who was lost still has the keys', 'epoch.names.includes(name) && !lost.has(name);', 'epoch.names.includes(name);'],
    ['who is out still reads', '|| !epoch.names.every(isMember)', ''],
    ['one leads for ever', '(led.get(name) ?? 0) >= LED_MAX', 'false'],
    ['the same one leads every epoch', 'epoch!.number % before.length', '0'],
  ]),
  ...sabotage('client/engine/rooms/talk.ts', TALK, [
    ['what did not count is not said again', 'this.#speech.again(text);\n    } else {', '} else {'],
    ['who is gone is waited for', 'epoch.forget(username);\n', ''],
    ['who has gone without a receipt has it', "if (this.#receiptTimer) void this.#giveReceipt(epoch);", ''],
    ['what a member does wrong is forgotten', 'epoch.distrusted.add(sender);', ''],
    ['nobody is told what did not arrive', "this.ports.emit({ event: 'undelivered'", "void ({ event: 'undelivered'"],
  ]),
  ...sabotage('client/engine/rooms/agreement.ts', 'attacks/C6-racing-rounds.test.ts', [
    ['one who was removed, and is back, has the keys', 'this.#lost.add(out);', '', 'scenario/rooms.test.ts'],
    ['a silent member is asked again and again',
      "if (kind === 'commitments' && round instanceof Leader) this.#noteSilent(round);", '', 'attacks/C7-asks.test.ts'],
  ]),
  ...sabotage('client/engine/rooms/agreement.ts', 'client/engine/rooms/agreement.test.ts', [
    ['who is not in the commitments goes on as before', 'if (this.epoch()) return this.ports.enterAgain();', ''],
    ['one asks once', '      this.#timer = clock.after(ROOM_STEP_MS, () => this.ports.run(() => this.consider()));\n', ''],
  ]),
  ...sabotage('client/engine/rooms/left-out.ts', 'client/engine/rooms/left-out.test.ts', [
    ['who entered behind a start was silent', 'if (!this.#entered.has(name)) this.#names.add(name);',
      'this.#names.add(name);'],
    ['who entered once was never silent again', 'this.#entered.clear();', ''],
    ['who is invited is left out', 'if (invited.includes(name)) this.#names.delete(name);\n      else this.#names.add(name);',
      'this.#names.add(name);'],
    ['one asks all the time', '|| this.clock.now() - this.#asked < ROOM_STEP_MS', ''],
    ['who takes part asks', '!this.#names.has(this.own) ||', ''],
    ['each ask is heard', 'now < from || ', ''],
    ['who asks again and again waits no longer', 'Math.min(2 * pause, ASK_MAX_MS)', 'pause'],
    ['who asks too often is never heard again', 'Math.min(2 * pause, ASK_MAX_MS)', '2 * pause'],
    ['who asks is heard though it takes part', ' || !this.#names.has(sender)', ''],
  ]),
  ...sabotage('client/engine/rooms/round.ts', 'client/engine/rooms/leader.test.ts', [
    ['a round that has ended has a deadline', 'this.#deadline?.cancel();\n    this.nonce.fill(0);', 'this.nonce.fill(0);'],
    ['what has come is late all the same', 'if (this.#timer === timer) late();', 'late();'],
  ]),
  ...sabotage('client/engine/rooms/leader.ts', 'client/engine/rooms/agreement.test.ts', [
    ['a leader forgets that it has said done', "return this.#step === 'done';", 'return false;'],
  ]),
  ...sabotage('client/engine/rooms/fits.ts', 'attacks/C2-split.test.ts', [
    ['a start for another list is taken', '&& sameBytes(head, history.hash ?? ZEROS)', ''],
    ['epochs may jump', '&& number > last && number <= (last === 0 ? EPOCH_MAX : last + EPOCHS_AHEAD)', '',
      'attacks/C5-malformed.test.ts'],
  ]),
  ...sabotage('client/engine/rooms/room.ts', 'client/engine/rooms/room.test.ts', [
    ['what is of an earlier stay is a fault', '    if (this.#seq === undefined) return;\n', ''],
    ['a room may have gaps', 'if (seq !== this.#seq! + 1) {', 'if (false) {'],
  ]),
  ...sabotage('client/engine/rooms/rooms.ts', 'attacks/C1-strangers.test.ts', [
    ['the relay may go back behind a list',
      "if (reason === 'left' || reason === 'removed') this.memories.delete(name);", 'this.memories.delete(name);'],
  ]),
  ...sabotage('client/engine/rooms/follower.ts', 'attacks/C5-last-to-contribute.test.ts', [
    ['nobody looks what others have committed to',
      'for (const [at, username] of this.names.entries()) await this.check(username, all[at]!);', ''],
  ]),
];
