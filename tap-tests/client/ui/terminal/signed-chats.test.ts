import { test } from 'tap';
import { Desk } from '../../../../client/ui/terminal/desk.js';
import { palette } from '../../../../client/ui/terminal/palette.js';
import { prompt } from '../../../../client/ui/terminal/prompt.js';
import { render } from '../../../../client/ui/terminal/row.js';
import { show } from '../../../../client/ui/terminal/show.js';
import type { ChatEvent } from '../../../../client/engine/protocol.js';
import { chatWith, leftBy, ready } from '../../../support/fake-engine.js';

function terminal() {
  const desk = new Desk(false);
  const take = (event: ChatEvent): string => {
    const before = desk.take(event, false);
    return show(event, {
      now: new Date(2026, 10, 21, 12, 3), before, user: 'alice', inFront: desk.isInFront(event), didactic: false,
      textOf: () => undefined, markOf: (peer, signed) => desk.signing.mark(peer, signed),
    }).flatMap((row) => render(row, Infinity, palette(false))).join('\n');
  };
  take(ready as ChatEvent);
  take(chatWith('bob') as ChatEvent);
  return { desk, take, prompt: () => prompt(desk, palette(false)) };
}

const message = (text: string, signed?: true): ChatEvent =>
  ({ event: 'message', with: 'bob', text, sent: 1, ...(signed ? { signed } : {}) });

test('the prompt says it, from the agreement to the end of the chat', async (t) => {
  const { take, prompt: shown } = terminal();
  t.equal(shown(), '[CHAT bob]-> ');
  t.match(take({ event: 'sign-request', with: 'bob' }), '/sign bob agrees, /decline bob declines');
  t.equal(shown(), '[CHAT bob]-> ');
  t.match(take({ event: 'signed', with: 'bob', file: 'x/bob-\x1b.jsonl' }), /SIGNED[^]*x\/bob-\\u\{1b\}\.jsonl/);
  t.equal(shown(), '[CHAT bob, signed]-> ');
  take(leftBy('bob') as ChatEvent);
  take(chatWith('bob') as ChatEvent);
  t.equal(shown(), '[CHAT bob]-> ', 'the next one begins unsigned');
});

test('one who is asked: what is said waits, until there is an answer', async (t) => {
  const { desk, take, prompt: shown } = terminal();
  desk.signing.sign('bob', true);
  t.equal(shown(), '[CHAT bob, sign?]-> ');
  t.equal(desk.signing.markOfOwn('bob'), 'waits to be signed');
  t.match(take({ event: 'sign-unanswered', with: 'bob' }), /has not answered.*from now on is not signed[^]*waits again/);
  t.equal(shown(), '[CHAT bob]-> ');
  t.equal(desk.signing.markOfOwn('bob'), '');
  for (const event of ['sign-refused', 'signed'] as const) {
    desk.signing.sign('bob', true);
    take({ event, with: 'bob' });
    t.equal(shown(), event === 'signed' ? '[CHAT bob, signed]-> ' : '[CHAT bob]-> ');
  }
  t.equal(desk.signing.markOfOwn('bob'), 'signed');
  for (const code of ['no-conversation', 'not-logged-in', 'queue-full']) {
    take(chatWith('bob') as ChatEvent);
    desk.signing.sign('bob', true);
    take({ event: 'error', code, with: 'bob', text: 'no' });
    t.equal(shown(), '[CHAT bob]-> ', code);
  }
  desk.signing.sign('user3', false);
  t.notOk(desk.signing.asked.has('user3'), 'there is no chat');
});

test('a word stands where it changes, and nowhere else', async (t) => {
  const { take } = terminal();
  t.match(take(message('one')), /^12:03 bob: one$/);
  take({ event: 'signed', with: 'bob' });
  t.match(take(message('two', true)), /^12:03 \[signed\] bob: two$/);
  t.match(take(message('three', true)), /^12:03 bob: three$/);
  t.match(take(message('four')), /^12:03 \[not signed\] bob: four$/);
});
