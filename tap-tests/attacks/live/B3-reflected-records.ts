import { CELL } from '../../support/attacker/cells.js';
import { message } from '../../support/attacker/session.js';
import { type Attack, type Field, Verdict } from './attack.js';
import { callUp } from './calls.js';
import { enter, leave } from './doors.js';
import { endsMalformed } from './outcomes.js';
import { Tape } from './tape.js';

/** A session in which the server has said `count` records behind M4, and the user as many, each of one cell. */
async function talked(field: Field, count: number) {
  let tape: Tape;
  const session = await enter(field, field.insiders[count % 2]!, (line) => (tape = new Tape(line)));
  for (let at = 0; at < count; at += 1) await session.settled();
  return { session, tape: tape! };
}

/** What bob said, as the server gave it to alice, could be said by her as well: only its key tells the two apart. */
async function forwarded(field: Field, verdict: Verdict): Promise<void> {
  let tape: Tape;
  const bob = await enter(field, field.insiders[1]);
  const alice = await enter(field, field.insiders[0], (line) => (tape = new Tape(line)));
  const { conversation } = await callUp(bob, alice);
  const body = (text: string) => message('frwd', Buffer.concat([conversation, Buffer.from(text)]));
  bob.say(body('\x04 pay alice 100'));
  await alice.expect('frwd');
  // Every record of the server's had one cell, and the first cell was M2.
  const cells = tape!.received.length / CELL;
  while (alice.counter < cells - 2) alice.say(body('\x04 filler'));
  alice.line.write(tape!.receivedCell(cells - 1));
  await endsMalformed(alice, verdict, 'what the other said, sent back at its counter');
  const heard = await bob.settled();
  const own = heard.some(({ payload }) => payload.includes('pay'));
  verdict.expect(!own, 'somebody heard their own words as those of the other');
  leave(bob);
}

export const reflectedRecords: Attack = {
  row: 'B3',
  title: 'records sent back to their sender',
  async run(field) {
    const verdict = new Verdict();
    // The server's record c, where the user's record c is due: only its key is wrong. Cell 0 is M2.
    for (const count of [0, 1, 3]) {
      const { session, tape } = await talked(field, count);
      session.line.write(tape.receivedCell(1 + count));
      await endsMalformed(session, verdict, `the server's record ${count} sent back`);
    }
    await forwarded(field, verdict);
    // All at once, and the user's own once more.
    const back = await talked(field, 1);
    back.session.line.write(back.tape.received.subarray(CELL));
    await endsMalformed(back.session, verdict, 'all records of the server sent back');
    const twice = await talked(field, 2);
    twice.session.line.write(twice.tape.sent.subarray(2 * CELL));
    await endsMalformed(twice.session, verdict, "the user's own records sent again");
    const login = await talked(field, 1);
    login.session.line.write(login.tape.receivedCell(0));
    await endsMalformed(login.session, verdict, 'M2 sent back');
    const others = await talked(field, 0);
    const { session } = await talked(field, 1);
    const { username } = others.session;
    others.session.line.write(session.seal([message('list', Buffer.alloc(2))], { username, counter: 0n }));
    await endsMalformed(others.session, verdict, "a record of another user's session");
    session.line.socket.destroy();
    return verdict.finding(
      "the server's records sent back at the counter where they would fit; one's own again; another session's",
      'erro 12 and the end, each time',
    );
  },
};
