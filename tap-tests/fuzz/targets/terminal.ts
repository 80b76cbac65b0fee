import { PassThrough } from 'node:stream';
import type { Engine } from '../../../client/engine/engine.js';
import type { Command, Event } from '../../../client/engine/protocol.js';
import { isRoomCommand, type RoomCommand } from '../../../client/engine/room-protocol.js';
import { runJsonLines } from '../../../client/ui/json-lines/json-lines.js';
import { runTerminal } from '../../../client/ui/terminal/index.js';
import { readHiddenLine } from '../../../common/cli/hidden-line.js';
import { isUsername } from '../../../common/wire/username.js';
import {
  chatWith, FakeEngine, joined, leftBy, member, NUMBER, OTHER_NUMBER, outOf, ready, saidIn,
} from '../../support/fake-engine.js';
import { ManualClock } from '../../support/manual-clock.js';
import { VirtualKeys, VirtualTerminal } from '../../support/virtual-terminal.js';
import { jsonTokens } from '../json-mutations.js';
import { bytesOf, check, type Target } from '../target.js';
import { isSafe, textTokens } from '../unsafe-text.js';
import { eventNames } from './events.js';
import { typedLines } from './lines.js';

/** The faces of the client, typed at by somebody who hits any key. */
const closed: Event = { event: 'closed', status: 0, text: 'Goodbye.' };

/** As the engine answers, at once. */
const answers = (command: Command): Event[] => {
  if (isRoomCommand(command)) return answersInRoom(command);
  const name = 'with' in command ? command.with : 'bob';
  if (!isUsername(name)) return [{ event: 'error', code: 'bad-name', text: `${name} is not a username.`, with: name }];
  switch (command.do) {
    case 'accept': return [chatWith(name, { role: 'receiver' })];
    case 'cancel': return [{ event: 'cancelled', with: name }];
    case 'chat': return [{ event: 'calling', with: name }, chatWith(name)];
    case 'leave': return [leftBy(name, { by: 'me' })];
    case 'trust': return [{ event: 'trusted', with: name, number: command.number }];
    case 'exit': return [closed];
    default: return [];
  }
};

const answersInRoom = (command: RoomCommand): Event[] => {
  const { room } = command;
  if (!isUsername(room)) return [{ event: 'error', code: 'bad-name', text: `${room} is not a name.`, room }];
  switch (command.do) {
    case 'join': return [joined(room), saidIn(room, 'bob', 'hello'), { event: 'knock', room, with: 'user3' }];
    case 'invite': return [{ event: 'changed', room, what: 'add', with: command.with, by: 'alice' }];
    case 'members': return [{ event: 'members', room, epoch: 1, members: [member('bob')] }];
    case 'leave': return [outOf(room)];
    default: return [];
  }
};

const keysOf = bytesOf(
  '\r', '\n', '\t', '\x1b[A', '\x1b[B', '\x1b[C', '\x1b[D', '\x1b[3~', '\x1b[H', '\x1b[F', '\x1b[200~', '\x1b[201~',
  '\x1b', '\x7f', '\b', '\x01', '\x03', '\x04', '\x05', '\x0b', '\x0e', '\x10', '\x12', '\x14', '\x15',
  '\x17', '\x19', '\x1a', '\x1e', '\x1f', '\x1by', '\x1bd', '\x1bb', '\x1b[1;5C', '\x1b[Z', '\x1bOP', '\x1b[99999;1u',
);

/** Ctrl-L: the terminal of these tests does not go home. */
const CTRL_L = 0x0c;
/** All but line ends, backspace and the beginning of a sequence, which the terminal looks at itself. */
const CONTROLS = /[\0-\x06\x0e-\x1a\x1c-\x1f\x7f-\x9f]/;
const signalled = () => process.listenerCount('SIGTERM') + process.listenerCount('SIGINT');

/** What is drawn goes through a terminal that throws at a sequence it does not know. */
const keyboard: Target = {
  name: 'keyboard',
  covers: ['client/ui/terminal/keyboard.ts Keyboard'],
  errors: [], inputs: 300, tokens: [...keysOf, ...textTokens, ...typedLines], max: 600,
  seeds: [
    ...typedLines,
    ...bytesOf(
      'chatbob\rhello\r\x1b[200~two\nlines\x1b[201~\r/exit\r', 'ch\t bob\t\r\x1b[A\x1b[A\x7f\x7f\r',
      '/trust bob\ryes\r', '\x03', 'join kitchen\rhello\r/members\r/invite\r/switch -\r/leave\r', '你好👩‍👩‍👧\x1b[D\x1b[D\x7f\r',
    ),
  ],
  async run(input) {
    const engine = new FakeEngine(answers);
    const [keys, screen] = [new VirtualKeys(), new VirtualTerminal(20 + (input.length % 70))];
    const clock = new ManualClock();
    const listeners = signalled();
    const typed = Buffer.from(input).filter((byte) => byte !== CTRL_L);
    // Ctrl-Z would stop this process too.
    const kill = process.kill;
    process.kill = () => true;
    try {
      const options = { user: 'alice', colour: input.length % 2 === 0, didactic: false, clock };
      const status = runTerminal(engine, { input: keys, output: screen }, options);
      engine.say(ready, { event: 'request', with: 'alice' });
      engine.say({ event: 'key-changed', with: 'bob', old: NUMBER, new: OTHER_NUMBER });
      const size = 1 + (input.length % 7);
      for (let at = 0; at < typed.length; at += size) keys.emit('data', Buffer.from(typed.subarray(at, at + size)));
      engine.say({ event: 'message', with: 'bob', text: input.toString('utf8'), sent: 1 }, closed);
      check([0, 130].includes(await status), 'another exit status');
    } finally {
      process.kill = kill;
      // It ends what waits for more of a sequence.
      keys.emit('data', Buffer.from('x'));
      process.removeAllListeners('SIGCONT');
    }
    check(!CONTROLS.test(screen.raw), 'shows what does harm');
    check(!keys.isRaw && screen.modes.at(-1) === '?2004l', 'the terminal stays as it was not');
    check(engine.listeners + clock.pending === 0 && signalled() === listeners, 'something is left behind');
    return engine.done.map((command) => command.do).slice(0, 2).join();
  },
};

const pipe: Target = {
  name: 'lines through a pipe',
  covers: ['client/ui/terminal/script.ts Script'],
  errors: [], inputs: 400, tokens: [...bytesOf('\n', '\r\n', '\r'), ...typedLines, ...textTokens], max: 2_000,
  seeds: bytesOf(
    'listx\nchatbob\nhello\n/exit\nexitx\n', 'join kitchen\n/invite bob\nhello\n/members\n/leave\n', 'chatbob\nfirst\nlist of things', 'acptalice\n\n\nverify\n',
  ),
  async run(input) {
    const engine = new FakeEngine(answers);
    const [given, output, clock] = [new PassThrough(), new PassThrough(), new ManualClock()];
    let written = '';
    output.on('data', (chunk: Buffer) => (written += chunk.toString()));
    const options = { user: 'alice', colour: false, didactic: false, clock };
    const status = runTerminal(engine, { input: given, output }, options);
    engine.say(ready, { event: 'request', with: 'alice' });
    given.end(input);
    // Texts that nobody confirms are waited for, and not for ever.
    for (let tries = 0; tries < 200 && !engine.done.some((command) => command.do === 'exit'); tries++) {
      await new Promise(setImmediate);
      clock.advance(30_000);
    }
    check(await status === 0, 'another exit status');
    await new Promise(setImmediate);
    check(isSafe(written, true), 'writes what does harm');
    check(clock.pending + engine.listeners === 0, 'something is left behind');
  },
};

const hidden: Target = {
  name: 'passphrase typed',
  covers: ['common/cli/hidden-line.ts readHiddenLine'],
  errors: ['interrupted'], inputs: 4_000, tokens: [...keysOf, ...textTokens], max: 300,
  seeds: bytesOf('secret\r', 'sec\x7f\x7fret\n', '\x15again\r\nnext', 'é€👍\r'),
  async run(input) {
    const [keys, output] = [new VirtualKeys(), new PassThrough()];
    const reading = readHiddenLine(keys, output, 'Passphrase: ');
    keys.push(input);
    keys.push(null);
    try {
      const line = await reading;
      check(!/[\0-\x1f\x7f]/.test(line), `has a key in it: ${JSON.stringify(line)}`);
    } finally {
      check(!keys.isRaw, 'the terminal stays raw');
      check(String(output.read()) === 'Passphrase: \n', 'shows what was typed');
    }
  },
};

const jsonLines: Target = {
  name: 'JSON lines',
  covers: ['client/ui/json-lines/json-lines.ts runJsonLines'],
  errors: [], inputs: 1_000, tokens: [...jsonTokens, ...bytesOf('\n')], max: 3_000,
  seeds: bytesOf(
    '{"do":"list"}\n{"do":"chat","with":"bob"}\n', '{"do":"say","with":"bob","text":"grüße"}\n\n{"do":"exit"}',
    'no JSON\n{"do":1}\n',
  ),
  async run(input) {
    const engine = new FakeEngine((command) => (command.do === 'exit' ? [closed] : []));
    const [given, output] = [new PassThrough(), new PassThrough()];
    let written = '';
    output.on('data', (chunk: Buffer) => (written += chunk.toString()));
    // They stay for as long as the program does.
    const before = { SIGTERM: process.listeners('SIGTERM'), SIGINT: process.listeners('SIGINT') };
    const status = runJsonLines(engine as unknown as Engine, { input: given, output }, new ManualClock());
    const added = (signal: 'SIGTERM' | 'SIGINT') =>
      process.listeners(signal).filter((listener) => !before[signal].includes(listener));
    for (const signal of ['SIGTERM', 'SIGINT'] as const) for (const own of added(signal)) process.off(signal, own);
    engine.say(ready);
    given.end(input);
    check(await status === 0, 'another exit status');
    for (const line of written.split('\n').slice(0, -1)) {
      const event = JSON.parse(line) as Record<string, unknown>;
      check(eventNames.has(event['event'] as string) && typeof event['time'] === 'number', `writes ${line}`);
    }
    return `${Math.min(engine.done.length, 4)} commands`;
  },
};

export const terminalTargets: readonly Target[] = [keyboard, pipe, hidden, jsonLines];
