import t from 'tap';
import { Desk } from '../../../../client/ui/terminal/desk.js';
import { Script, SETTLE_MS } from '../../../../client/ui/terminal/script.js';
import { Texts } from '../../../../client/ui/terminal/texts.js';
import { chatWith, joined, leftBy, outOf, ready } from '../../../support/fake-engine.js';
import { ManualClock } from '../../../support/manual-clock.js';

function scripted() {
  const clock = new ManualClock();
  const desk = new Desk(true);
  const texts = new Texts(clock, () => {});
  const done: string[] = [];
  const script = new Script(
    desk, texts, clock, (line) => done.push(line), () => done.push('(quit)'),
    (peer, lines) => done.push(`(not signed by ${peer}: ${lines.join(', ')})`),
  );
  return { clock, desk, texts, script, done };
}

t.test('lines wait for the connection, and keep their order', async (t) => {
  const { desk, script, done } = scripted();
  script.add('listx');
  script.add('helpx');
  script.end();
  t.same(done, []);
  desk.take(ready, false);
  script.go();
  t.same(done, ['listx', 'helpx', '(quit)']);
});

t.test('words wait for the peer who is called; the call can be taken back', async (t) => {
  const { desk, script, done } = scripted();
  desk.take(ready, false);
  desk.expect({ with: 'bob' });
  script.add('cachbob');
  script.add('hello bob');
  script.add('/exit');
  script.end();
  t.same(done, ['cachbob'], 'behind a line that waits, all wait');
  desk.take(chatWith('bob'), false);
  script.go();
  t.same(done, ['cachbob', 'hello bob', '/exit', '(quit)']);
});

t.test('behind /sign words wait for the answer', async (t) => {
  const { desk, script, done, clock } = scripted();
  desk.take(ready, false);
  desk.expect({ with: 'bob' });
  for (const line of ['/sign', 'one', '/decline', 'two']) script.add(line);
  t.same(done, [], 'there is nobody yet to sign with');
  desk.take(chatWith('bob'), false);
  desk.signing.sign('bob', true);
  script.go();
  t.same(done, ['/sign'], 'what it does is done by the actions, and done already here');
  clock.advance(10 * SETTLE_MS);
  t.same(done, ['/sign'], 'the engine says how long an answer is waited for');
  desk.take({ event: 'signed', with: 'bob' }, false);
  script.go();
  t.same(done.slice(1), ['one', '/decline', 'two']);
});

for (const [how, end] of [
  ['declined', { event: 'sign-refused', with: 'bob' }], ['not answered', { event: 'sign-unanswered', with: 'bob' }],
  ['the chat ends', leftBy('bob')],
] as const) {
  t.test(`behind /sign no words go unsigned: ${how}`, async (t) => {
    const { desk, script, done } = scripted();
    for (const event of [ready, chatWith('bob')]) desk.take(event, false);
    desk.signing.sign('bob', true);
    for (const line of ['/list', 'one', 'two']) script.add(line);
    desk.take(end, false);
    script.go();
    script.add('three');
    t.same(done, ['/list', '(not signed by bob: one, two)']);
  });
}

t.test('a signed chat that breaks and begins again: words of a script do not go on unsigned', async (t) => {
  const { desk, script, done } = scripted();
  desk.take(ready, false);
  desk.take(chatWith('bob'), false);
  desk.signing.sign('bob', true);
  const signed = { event: 'signed', with: 'bob' } as const;
  for (const event of [signed, leftBy('bob', { by: 'relay', reason: 'disconnected' }), chatWith('bob')]) {
    desk.take(event, false);
  }
  script.add('one');
  t.same(done, ['(not signed by bob: one)']);
});

t.test('what is done in a room waits until it is entered, commands too', async (t) => {
  const { desk, script, done } = scripted();
  desk.take(ready, false);
  desk.expect({ room: 'kitchen' });
  script.add('/invite bob');
  script.add('hello all');
  t.same(done, []);
  desk.take(joined('kitchen', true), false);
  script.go();
  t.same(done, ['/invite bob', 'hello all']);
  t.same(desk.front, { at: 'chat', room: 'kitchen' });
  desk.back();
  desk.expect({ room: 'attic' });
  script.add('for the attic');
  t.same(done.length, 2);
  desk.take({ event: 'error', room: 'attic', code: 'not-a-member', text: '' }, false);
  script.go();
  t.same(desk.front, { at: 'ended', room: 'attic' }, 'words for it go nowhere else');
  t.same(done.at(-1), 'for the attic');
});

t.test('what is behind the leaving of a room is not said in it, and waits', async (t) => {
  const { desk, script, done } = scripted();
  desk.take(ready, false);
  desk.expect({ room: 'kitchen' });
  desk.take(joined('kitchen'), false);
  desk.leaving({ room: 'kitchen' });
  script.add('exitx');
  script.end();
  t.same(done, []);
  desk.take({ event: 'error', room: 'kitchen', code: 'not-now', text: '' }, false);
  t.same(desk.front, { at: 'chat', room: 'kitchen' }, 'it was not left');
  desk.leaving({ room: 'kitchen' });
  desk.take(outOf('kitchen'), false);
  t.same(desk.front, { at: 'server' });
  script.go();
  t.same(done, ['exitx', '(quit)']);
});

t.test('nothing is left before what was said has arrived', async (t) => {
  const { clock, desk, texts, script, done } = scripted();
  desk.take(ready, false);
  desk.take(chatWith('bob'), false);
  const id = texts.add({ with: 'bob' }, 'hello');
  script.add('/quit');
  t.same(done, []);
  texts.take({ event: 'sent', with: 'bob', id });
  script.go();
  t.same(done, []);
  texts.take({ event: 'delivered', with: 'bob', id });
  script.go();
  t.same(done, ['/quit']);
  texts.add({ with: 'bob' }, 'never confirmed');
  script.end();
  t.same(done, ['/quit']);
  clock.advance(SETTLE_MS);
  t.same(done, ['/quit', '(quit)'], 'nor for ever');
  script.stop();
  texts.stop();
  t.equal(clock.pending, 0);
});
