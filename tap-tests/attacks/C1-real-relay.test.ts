import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { newPerson } from '../support/attacker/primitives.js';
import { action, type Change, knownAs } from '../support/attacker/room-change.js';
import { erroCode } from '../support/attacker/session.js';
import { AttackedRoom } from '../support/attacked-room.js';
import { eventsOf } from '../support/room-scene.js';

test('C1: what a member may not change, a real relay refuses, and says to nobody', async (t) => {
  const room = await AttackedRoom.open(t, { others: ['user3', 'user4'] });
  const user3 = await room.infiltrate('user3');
  user3.ask(['user4']);
  await room.crowd.until('the key of user4', () => user3.keys.has('user4'));
  const own = () => ({ ...knownAs('user3', user3.person), admin: true });
  const alone = () => ({ members: [own()] });
  const { members } = user3;
  const other = knownAs('user4', newPerson());
  const wrong: [what: string, which: number, target: string, edit: Partial<Change>, code: number][] = [
    ['a make from the beginning', action.make, 'user3', { number: 0, previous: randomBytes(32), ...alone() }, 17],
    ['a make as the next change', action.make, 'user3', alone(), 17],
    ['a make of number 0 on top of the head', action.make, 'user3', { number: 0, ...alone() }, 17],
    ['number 0 of another kind', action.add, 'user4', { number: 0 }, 17],
    ['an old number', action.add, 'user4', { number: 1 }, 17],
    ['on top of nothing', action.add, 'user4', { previous: randomBytes(32) }, 17],
    ['an admin removed', action.remove, 'alice', { members: members.filter(({ name }) => name !== 'alice') }, 16],
    ['itself as admin', action.admin, 'user3',
      { members: members.map((each) => ({ ...each, admin: each.admin || each.name === 'user3' })) }, 16],
    ['a leave of bob', action.leave, 'bob', { members: members.filter(({ name }) => name !== 'bob') }, 16],
    ['an add that hides bob', action.add, 'user4', { members: [...members.slice(0, 1), { ...own(), admin: false }] }, 16],
    ['an add of oneself once more', action.add, 'user3', { members: [...members, { ...own(), admin: false }] }, 16],
    ['a user with another key', action.add, 'user4', { target: other, members: [...members, { ...other, admin: false }] }, 1],
  ];
  const heard = room.actors.map((each) => eventsOf(each, 'changed').length);
  for (const [what, which, target, edit, code] of wrong) {
    user3.change(which, target, edit);
    const answer = await user3.session.expect('erro');
    t.equal(erroCode(answer), code, what);
  }
  user3.change(action.add, 'user4', {}, newPerson());
  await user3.session.gone();
  const now = room.actors.map((each) => eventsOf(each, 'changed').length);
  t.same(now, heard, 'a wrong signature ends the connection; nothing was handed on');
  await room.chats('still here');
  t.same(room.actors.flatMap((each) => [...eventsOf(each, 'left'), ...eventsOf(each, 'warning')]), []);
});
