import { test } from 'tap';
import { AttackedRoom, ROOM } from '../../../support/attacked-room.js';
import { eventsOf } from '../../../support/room-scene.js';
import { until } from '../../../support/until.js';

test('who leaves for safety and enters again passes over what the relay said before it read the part', async (t) => {
  const { room, board } = await AttackedRoom.corrupt(t, { clients: ['alice', 'bob'] });
  const bob = room.actor('bob');
  board.tell('bob', { command: 'here', from: 'stranger' });
  t.match(await bob.next('left'), { reason: 'tampered' });
  const joined = eventsOf(bob, 'joined').length;
  const left = eventsOf(bob, 'left').length;
  board.onSaid = (told, to) => {
    if (to !== 'bob' || told.command !== 'join') return [told];
    const late = [
      { command: 'room', from: 'alice', kind: 10, body: Buffer.from('late'), seq: 57n },
      { command: 'each', from: 'alice', kind: 2, body: Buffer.from('late') },
      { command: 'away', from: 'alice', seq: 58n },
      { command: 'chng', body: board.changes.at(-1)!, seq: 59n },
    ];
    return [...late, told];
  };
  bob.do({ do: 'join', room: ROOM });
  await bob.next('joined');
  await until('keys of a new epoch', () => room.actors.every((each) => (eventsOf(each, 'secured').at(-1)?.epoch ?? 0) > 1));
  await room.chats('together again');
  t.equal(eventsOf(bob, 'joined').length, joined + 1);
  t.equal(eventsOf(bob, 'left').length, left);
});

test('what has no place behind the answer to join is still a fault', async (t) => {
  const { room, board } = await AttackedRoom.corrupt(t, { clients: ['alice', 'bob'] });
  const bob = room.actor('bob');
  board.tell('bob', { command: 'away', from: 'alice', seq: 7_000n });
  t.match(await bob.next('left'), { reason: 'tampered' });
});
