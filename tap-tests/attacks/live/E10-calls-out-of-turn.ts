import { randomBytes } from 'node:crypto';
import { message, type Session } from '../../support/attacker/session.js';
import { type Attack, type Field, Verdict } from './attack.js';
import { enter, leave } from './doors.js';
import { answered, endsMalformed, unanswered } from './outcomes.js';
import { outsider } from './outsider.js';

/** Nobody refuses or withdraws a call: the server remembers that for 30 s, and the next attack wants to call. */
async function calls(verdict: Verdict, alice: Session, bob: Session): Promise<Buffer> {
  const [toAlice, toBob] = [alice.username, bob.username];
  await answered(verdict, alice, 'without a call', message('acpt', toBob), 'erro 5');
  await answered(verdict, bob, 'without a call', message('acpt', toAlice), 'erro 5');
  await answered(verdict, alice, 'to oneself', message('chat', toAlice), 'erro 2');
  await answered(verdict, alice, 'of oneself', message('acpt', toAlice), 'erro 5');

  await answered(verdict, alice, 'to begin with', message('chat', toBob), 'call');
  await bob.expect('reqt');
  await answered(verdict, alice, 'while it rings', message('chat', toBob), 'erro 3');
  await answered(verdict, alice, 'by the caller', message('acpt', toBob), 'erro 5');
  await answered(verdict, bob, 'crossed', message('chat', toAlice), 'erro 4');
  await answered(verdict, bob, 'by the receiver', message('cach', toAlice), 'erro 5');
  await answered(verdict, bob, 'at last', message('acpt', toAlice), 'pubk');
  await answered(verdict, bob, 'a second time', message('acpt', toAlice), 'erro 5');
  return (await alice.expect('pubk')).payload.subarray(0, 8);
}

/** Somebody who is no member says something into a conversation, and ends it. */
async function foreign(
  verdict: Verdict, intruder: Session, conversation: Buffer, members: readonly Session[],
): Promise<void> {
  for (const member of members) member.heard.length = 0;
  const state = 'into the conversation of others';
  await answered(verdict, intruder, state, message('frwd', Buffer.concat([conversation, Buffer.of(4, 1)])), 'erro 6');
  await answered(verdict, intruder, state, message('exch', conversation), 'erro 6');
  for (const { username, heard } of members) {
    verdict.expect(heard.length === 0, `${username} heard ${heard[0]?.command} of somebody who is no member`);
  }
}

async function afterwards(verdict: Verdict, alice: Session, bob: Session, conversation: Buffer): Promise<void> {
  const body = message('frwd', Buffer.concat([conversation, Buffer.of(4, 1)]));
  await unanswered(verdict, alice, 'at the end', message('exch', conversation));
  const { payload } = await bob.expect('exch');
  verdict.expect(payload[8] === 0, `exch with reason ${payload[8]} where somebody left`);
  await unanswered(verdict, alice, 'to what one has just left', body);
  await answered(verdict, bob, 'to what the other has left', body, 'erro 6');
  await answered(verdict, bob, 'of what is at an end', message('exch', conversation), 'erro 6');
}

async function intruders(field: Field): Promise<Session | undefined> {
  const user = outsider(field);
  return user && enter(field, user);
}

export const callsOutOfTurn: Attack = {
  row: 'E10',
  title: 'calls out of turn, crossed, into the conversations of others',
  async run(field) {
    const verdict = new Verdict();
    const [alice, bob] = [await enter(field, field.insiders[0]), await enter(field, field.insiders[1])];
    const conversation = await calls(verdict, alice, bob);
    await foreign(verdict, bob, randomBytes(8), [alice]);
    const third = await intruders(field);
    if (third) await foreign(verdict, third, conversation, [alice, bob]);
    await afterwards(verdict, alice, bob, conversation);

    alice.sayWrongly({ username: bob.username }, message('chat', bob.username));
    await endsMalformed(alice, verdict, "another's name in a record");
    leave(bob, ...(third ? [third] : []));
    return verdict.finding(
      "calls to oneself, without, twice, crossed; another's name in a record; "
        + `${third ? 'a third user' : 'one of them'} in a conversation of others`,
      'the erro that is documented, and nothing to anybody else; erro 12 for the name',
    );
  },
};
