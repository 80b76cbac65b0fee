import { test } from 'tap';
import { roomKind, toAll } from '../support/attacker/room-commands.js';
import { AttackedRoom, ROOM } from '../support/attacked-room.js';
import { until } from '../support/until.js';

for (const [what, asks, most] of [['that asks without end, and', true, 7], ['that asks for nothing, and', false, 2]] as const) {
  test(`C7: one ${what} is silent when it is invited, costs fewer and fewer rounds`, async (t) => {
    const room = await AttackedRoom.open(t, { speed: 50 });
    const user3 = await room.come('user3');
    user3.answers = false;
    room.actor('alice').do({ do: 'invite', room: ROOM, with: 'user3' });
    await until('user3 invited', () => user3.log.some(({ command }) => command === 'invt'));
    user3.join();
    const starts = () => user3.log.filter(({ kind }) => kind === roomKind.start).length;
    await until('a round', () => starts() > 0);
    const asking = setInterval(() => asks && user3.session.say(toAll(ROOM, roomKind.ask, Buffer.alloc(0))), 10);
    t.teardown(() => clearInterval(asking));
    const end = room.clock.now() + 150_000;
    await until('150 s by the clocks of the clients', () => room.clock.now() > end);
    t.ok(starts() <= most, `${starts()} rounds in 150 s`);
    if (asks) t.ok(starts() > 1, 'an ask is heard');
    await room.chats('all the while');
  });
}
