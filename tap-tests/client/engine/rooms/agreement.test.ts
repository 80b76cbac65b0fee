import { test } from 'tap';
import type { Told } from '../../../support/attacker/room-board.js';
import { AttackedRoom, ROOM } from '../../../support/attacked-room.js';
import { eventsOf } from '../../../support/room-scene.js';
import { until } from '../../../support/until.js';

const START = 1;

test('who comes back behind the start of a round that invites it was not silent, and has keys in the end', async (t) => {
  const { room, board } = await AttackedRoom.corrupt(t, { clients: ['alice', 'bob'], others: ['user3'] });
  const user3 = await room.logIn('user3');
  // The relay gets the start a moment too late: user3 has gone meanwhile, and is back when others have read it.
  const held = new Map<string, Told>();
  let holds = true;
  board.onSaid = (told, to) => {
    if (holds && told.command === 'room' && told.kind === START) {
      held.set(to, told);
      return [];
    }
    const start = held.get(to);
    if (told.command !== 'here' || told.from !== 'user3' || !start) return [told];
    held.delete(to);
    return [start, told];
  };
  room.actor('alice').do({ do: 'invite', room: ROOM, with: 'user3' });
  await user3.next('invited');
  user3.do({ do: 'join', room: ROOM });
  await until('a start for three', () => held.size === 3);
  held.delete('user3');
  board.tell('user3', { command: 'here', from: 'stranger' });
  await user3.next('left');
  user3.do({ do: 'join', room: ROOM });
  await until('the start is out', () => held.size === 0);
  holds = false;
  await until('keys for all three', () => room.actors.every((each) => eventsOf(each, 'secured').at(-1)?.members.length === 3));
  t.same(new Set(room.actors.map((each) => eventsOf(each, 'secured').at(-1)?.number)).size, 1);
  await room.chats('all three');
});
