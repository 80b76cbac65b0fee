import t from 'tap';
import type { Command, Event } from '../../../../client/engine/protocol.js';
import { isRoomCommand } from '../../../../client/engine/room-protocol.js';
import { runTerminal } from '../../../../client/ui/terminal/index.js';
import { chatWith, FakeEngine, joined, member, outOf, ready, saidIn } from '../../../support/fake-engine.js';
import { foreignIn, hostile, visible } from '../../../support/hostile-texts.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { VirtualKeys, VirtualTerminal } from '../../../support/virtual-terminal.js';

const closed: Event = { event: 'closed', status: 0, text: 'Goodbye.' };

/** An engine for which every room is there. */
const answers = (command: Command): Event[] => {
  if (command.do === 'exit') return [closed];
  if (!isRoomCommand(command)) return [];
  const { room } = command;
  if (command.do === 'join') return [joined(room, room === 'kitchen')];
  if (command.do === 'invite') return [{ event: 'changed', room, what: 'add', with: command.with, by: 'alice' }];
  const members = [member('alice'), member('bob')];
  if (command.do === 'members') return [{ event: 'members', room, epoch: 1, members }];
  return command.do === 'leave' ? [outOf(room)] : [];
};

function onTerminal({ columns = 80, answer = answers } = {}) {
  const engine = new FakeEngine(answer);
  const [keys, screen, clock] = [new VirtualKeys(), new VirtualTerminal(columns), new ManualClock()];
  const options = { user: 'alice', colour: false, didactic: false, clock };
  const status = runTerminal(engine, { input: keys, output: screen }, options);
  engine.say(ready);
  const quit = async () => {
    await keys.type('\x15/quit\r');
    return status;
  };
  return { engine, keys, screen, clock, status, quit, last: (rows = 1) => screen.text.slice(-rows).join('\n') };
}

t.test('a room from its making to its end', async (t) => {
  const { engine, keys, status, last, clock } = onTerminal();
  await keys.type('join kitchen\r');
  t.match(last(2), /made kitchen and[^\n]*\n\[kitchen\]->$/);
  await keys.type('/invite bob\r');
  t.match(last(2), /You have taken bob into kitchen\.\n\[kitchen\]->$/);
  await keys.type('hello, all\r//slash\r');
  t.match(last(3), /^\d\d:\d\d alice: hello, all\n\d\d:\d\d alice: \/slash\n\[kitchen\]->$/);
  await keys.type('half a li');
  engine.say(saidIn('kitchen', 'bob', 'hi\n12:00 alice: forged'));
  t.match(last(3), /^\d\d:\d\d bob: hi\n {6}\| 12:00 alice: forged\n\[kitchen\]-> half a li$/);
  await keys.type('ne\r/members\r/admin bob\r/remove bob\r/exit\r');
  t.match(last(2), /You have left kitchen\.\n\[SERVER-COMMAND\]->$/);
  await keys.type('exitx\r');
  t.equal(await status, 0);
  const room = 'kitchen';
  t.same(engine.done, [
    { do: 'join', room }, { do: 'invite', room, with: 'bob' }, { do: 'say', room, text: 'hello, all', id: 't1' },
    { do: 'say', room, text: '/slash', id: 't2' }, { do: 'say', room, text: 'half a line', id: 't3' },
    { do: 'members', room }, { do: 'admin', room, with: 'bob' }, { do: 'remove', room, with: 'bob' },
    { do: 'leave', room }, { do: 'exit' },
  ]);
  t.equal(clock.pending, 0);
});

t.test('rooms and chats side by side, also a user who is called like a room', async (t) => {
  const { engine, keys, quit, last } = onTerminal();
  engine.say(chatWith('kitchen'));
  await keys.type('/join kitchen\r');
  t.match(last(), /^\[CHAT kitchen\]->$/, 'another chat is in front');
  engine.say(saidIn('kitchen', 'bob', 'for the room'));
  t.match(last(2), /\[kitchen\] bob: for the room\n\[CHAT kitchen \+1\]->$/);
  await keys.type('to the user\r/switch #kitchen\r');
  t.match(last(2), /In front now: kitchen \(1 unread, above\)\n\[kitchen\]->$/);
  await keys.type('to the room\r');
  t.match(last(2), /alice to #kitchen: to the room\n/);
  engine.say({ event: 'message', with: 'kitchen', text: 'for her', sent: 1 });
  t.match(last(2), /\[not in front\] kitchen: for her\n\[kitchen \+1\]->$/);
  await keys.type('/switch\r');
  t.match(last(3).replace(/\n +/, ' '), /Open chats: kitchen \(1 unread\), #kitchen \(in front\)/);
  await keys.type('/switch kitchen\rto the user again\r');
  t.match(engine.take(), [
    { do: 'join' }, { do: 'say', with: 'kitchen', text: 'to the user' },
    { do: 'say', room: 'kitchen', text: 'to the room' },
    { do: 'say', with: 'kitchen', text: 'to the user again' },
  ]);
  await keys.type('/switch #attic\r');
  t.match(last(2), /not in attic: \/join attic/);
  engine.say(outOf('kitchen', { reason: 'removed', by: 'bob' }));
  await keys.type('/switch #kitchen\r');
  t.match(last(2), /not in kitchen[^\n]*\n\[CHAT kitchen\]->$/, 'the # is never the user');
  t.equal(await quit(), 0);
});

t.test('words for a room that one is out of go nowhere', async (t) => {
  const { engine, keys, quit, last } = onTerminal();
  await keys.type('/join kitchen\r/join attic\r');
  await keys.type('a secr');
  engine.say(outOf('kitchen', { reason: 'removed', by: 'bob' }));
  t.match(last(), /^\[kitchen LEFT\]-> a secr$/);
  engine.say(saidIn('attic', 'bob', 'here'));
  engine.take();
  await keys.type('et\r');
  t.match(last(4), /Not sent: you are out of the room/);
  t.same(engine.take(), []);
  await keys.type('\r');
  t.match(last(), /^\[SERVER-COMMAND \+1\]->$/);
  await keys.type('/switch attic\r\x1b[A\x1b[A');
  t.match(last(), /^\[attic\]->$/, 'nor are they offered in another room');
  t.equal(await quit(), 0);
});

t.test('a broken connection: the room in front comes back with the line being typed', async (t) => {
  const { engine, keys, quit, last } = onTerminal();
  await keys.type('/join kitchen\rhello\rhalf ');
  const gone = { reason: 'disconnected', unconfirmed: ['t1'] } as const;
  engine.say(outOf('kitchen', gone), { event: 'lost', text: 'It broke.', retry: 1_000 });
  t.match(last(10), /not confirmed by all:\n {6}\| hello\n/);
  engine.say(ready, joined('kitchen'));
  t.match(last(), /^\[kitchen\]-> half$/);
  await keys.type('a line\r');
  t.match(engine.done.at(-1), { do: 'say', room: 'kitchen', text: 'half a line' });
  t.equal(await quit(), 0);
});

t.test('which room, whom: named, in front, the only one; nothing is guessed', async (t) => {
  const { engine, keys, quit, last } = onTerminal();
  await keys.type('/invite bob\r');
  t.match(last(2), /You are in no room/);
  await keys.type('/join\r');
  t.match(last(2), /Which room\?/);
  await keys.type('/join my kitchen\r');
  t.match(last(2), /The name of a room has/);
  t.same(engine.take(), []);
  await keys.type('/join kitchen\r/back\r');
  engine.take();
  await keys.type('/invite bob\r');
  t.same(engine.take(), [{ do: 'invite', room: 'kitchen', with: 'bob' }], 'there is one room');
  await keys.type('/join attic\r/back\r');
  engine.take();
  await keys.type('/remove bob\r');
  t.match(last(2), /In which room\? kitchen, attic/);
  await keys.type('/remove bob lobby\r');
  t.match(last(2), /not in lobby/);
  await keys.type('/remove bob kitchen now\r');
  t.match(last(2), /Not done/);
  await keys.type('/remove\r');
  t.same(engine.take(), []);
  await keys.type('/remove bob #attic\r/members kitchen\r');
  t.same(engine.take(), [{ do: 'remove', room: 'attic', with: 'bob' }, { do: 'members', room: 'kitchen' }]);
  engine.say({ event: 'knock', room: 'kitchen', with: 'user3' });
  t.match(last(2), /\/invite user3 kitchen\n/);
  await keys.type('/switch kitchen\r/remove\r');
  t.match(last(2), /Whom\?/, 'who knocks is not whom to remove');
  await keys.type('/invite\r/join attic\r');
  t.same(engine.take(), [{ do: 'invite', room: 'kitchen', with: 'user3' }]);
  t.match(last(2), /You are in attic; it is in front now\.\n\[attic\]->$/);
  t.equal(await quit(), 0);
});

t.test('keys of members, and of users whom one has never called', async (t) => {
  const { engine, keys, quit, last } = onTerminal();
  await keys.type('cert bob\r/join kitchen\r/cert user3\r/verify bob\r/compared bob\r/verify\r');
  t.match(last(2), /Whom\? For instance: \/verify bob/);
  t.same(engine.take(), [
    { do: 'certificate', with: 'bob' }, { do: 'join', room: 'kitchen' }, { do: 'certificate', with: 'user3' },
    { do: 'verify', with: 'bob' }, { do: 'compared', with: 'bob' },
  ]);
  await keys.type('/members\r/remove b\t\r');
  t.same(engine.take(), [{ do: 'members', room: 'kitchen' }, { do: 'remove', room: 'kitchen', with: 'bob' }]);
  t.equal(await quit(), 0);
});

t.test('what is typed behind /leave is not for the room', async (t) => {
  const slow = (command: Command) => (command.do === 'leave' ? [] : answers(command));
  const { engine, keys, status, last } = onTerminal({ answer: slow });
  await keys.type('/join kitchen\r/leave\r');
  t.match(last(), /^\[SERVER-COMMAND\]->$/);
  engine.take();
  await keys.type('listx\r');
  t.same(engine.take(), [{ do: 'list' }]);
  engine.say(outOf('kitchen'));
  t.match(last(2), /You have left kitchen\.\n\[SERVER-COMMAND\]->$/);
  await keys.type('exitx\r');
  t.equal(await status, 0);
});

t.test('Ctrl-D leads out of a room, and does not leave it', async (t) => {
  const { engine, keys, status, last } = onTerminal();
  await keys.type('/join kitchen\r\x04');
  t.match(last(4), /You are still in kitchen[^]*\n\[SERVER-COMMAND\]->$/);
  t.same(engine.take(), [{ do: 'join', room: 'kitchen' }]);
  await keys.type('\x04');
  t.equal(await status, 0);
});

t.test('F1, F2: what is said in a room, in front or not', async (t) => {
  const { engine, keys, screen, quit } = onTerminal({ columns: 60 });
  await keys.type('/join kitchen\r/join attic\r');
  const above = screen.text.length - 1;
  const forged = ['\n12:04 user3: forged', '\r12:04 user3: forged', `${'word '.repeat(12)}12:04 user3: forged`];
  for (const room of ['kitchen', 'attic']) {
    for (const text of [...hostile, ...forged]) engine.say(saidIn(room, 'bob', text));
  }
  t.same(foreignIn(screen.raw), []);
  const rows = screen.text.slice(above, -1);
  t.same(rows.filter((row) => !/^(\d\d:\d\d (\[attic\] )?bob:( |$)| {6}\|( |$))/.test(row)), []);
  t.equal(rows.filter((row) => row.includes('[attic] bob:')).length, hostile.length + forged.length);
  for (const text of hostile.filter((each) => visible(each).length < 30)) {
    t.ok(rows.some((row) => row.includes(`bob: ${visible(text)}`)), visible(text));
  }
  t.equal(await quit(), 0);
});
