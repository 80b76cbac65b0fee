import { test } from 'tap';
import { type Chat, emptyModel } from '../../../../../client/ui/web/model/model.js';
import type { ChatEvent, Event } from '../../../../../client/engine/protocol.js';
import { chatWith, leftBy, ready } from '../../../../support/fake-engine.js';
import { type Played, PlayedModel } from '../../../../support/played-model.js';

const bob = { with: 'bob' };
const say = (id: string, text = `text ${id}`): Played => ({ do: 'say', ...bob, id, text });
const told = (event: 'sent' | 'delivered', id: string): Event => ({ event, ...bob, id } as Event);
const lost: Event = { event: 'lost', text: 'It broke.', retry: 2_000 };

test('a call, and how it can go: one row a story, and the phases on the way', async (t) => {
  const call: Played = { do: 'chat', ...bob };
  const calling: Event = { event: 'calling', ...bob };
  const request: Event = { event: 'request', ...bob };
  const fails = (code: string): Event => ({ event: 'error', code, text: `${code}.`, ...bob });
  const stories: [string, [Played, Chat['phase']][], RegExp][] = [
    ['accepted', [[call, 'calling'], [calling, 'calling'], [chatWith('bob'), 'open']], /is open/],
    ['refused', [[call, 'calling'], [calling, 'calling'], [{ event: 'refused', ...bob }, 'idle']], /bob does not want/],
    ['withdrawn', [[call, 'calling'], [{ do: 'cancel', ...bob }, 'calling'], [{ event: 'cancelled', ...bob }, 'idle']],
      /You no longer call bob/],
    ['not online', [[call, 'calling'], [fails('not-online'), 'idle']], /not-online/],
    ['called twice: the first goes on', [[call, 'calling'], [call, 'calling'], [fails('exists'), 'calling']], /exists/],
    ['both call', [[call, 'calling'], [request, 'request'], [fails('calling-you'), 'request']], /calling-you/],
    ['agreed to', [[request, 'request'], [{ do: 'accept', ...bob }, 'agreeing'], [chatWith('bob'), 'open']], /is open/],
    ['declined', [[request, 'request'], [{ do: 'refuse', ...bob }, 'idle']], /bob asks for a chat/],
    ['taken back there', [[request, 'request'], [{ event: 'cancelled', ...bob }, 'idle']], /bob no longer asks/],
    ['gone when agreed to', [
      [request, 'request'], [{ do: 'accept', ...bob }, 'agreeing'], [fails('no-request'), 'idle'],
    ], /no-request/],
    ['could not be sent, and may be tried again', [
      [request, 'request'], [{ do: 'accept', ...bob }, 'agreeing'], [fails('queue-full'), 'request'],
    ], /queue-full/],
    ['no keys', [[call, 'calling'], [leftBy('bob', { reason: 'timed-out', by: 'me' }), 'idle']], /No chat began/],
    ['lost', [[call, 'calling'], [lost, 'idle']], /call to bob is gone/],
    ['asked for, lost', [[request, 'request'], [lost, 'idle']], /request of bob is gone/],
  ];
  for (const [name, steps, last] of stories) {
    const played = PlayedModel.online();
    for (const [entry, phase] of steps) {
      t.equal(played.play(entry).chat().phase, phase, `${name}: ${JSON.stringify(entry)}`);
    }
    t.match(played.lines(played.chat()).at(-1), last, name);
  }
  t.equal(new PlayedModel().play(call).chat().phase, 'idle', 'nobody is called without a connection');
});

test('how far one\'s own texts come, and what becomes of those that did not', async (t) => {
  const played = PlayedModel.online().play(chatWith('bob'), ...['1', '2', '3', '4', '5', '6'].map((id) => say(id)));
  const marks = () => played.texts(played.chat()).map(({ mark }) => mark);
  t.same(marks(), Array(6).fill('waiting'));
  played.play(told('sent', '1'), told('sent', '2'), told('sent', '3'), told('delivered', '1'));
  played.play({ event: 'discarded', ...bob, id: '2' });
  t.same(marks(), ['delivered', 'discarded', 'sent', 'waiting', 'waiting', 'waiting']);
  played.play({ event: 'error', code: 'too-long', text: 'Too long.', ...bob, id: '4' });
  t.match(played.texts(played.chat())[3], { mark: 'not-sent', why: 'Too long.' });
  played.play(leftBy('bob', { unsent: ['5'], unconfirmed: ['3', '6'] }));
  t.same(marks(), ['delivered', 'discarded', 'unconfirmed', 'not-sent', 'not-sent', 'unconfirmed']);
  played.play(say('7'), { event: 'error', code: 'no-conversation', text: 'There is none.', ...bob, id: '7' });
  t.match(played.texts(played.chat()).at(-1), { mark: 'not-sent', why: 'There is none.', from: 'alice', mine: true });
  t.notMatch(played.lines(played.chat()), [/There is none/]);
  t.match(played.lines(played.chat()), ['warning: The chat is open', 'plain: bob has left the chat.']);
});

test('the marks are those of the last text of an id, and a late word takes none back', async (t) => {
  const played = PlayedModel.online().play(chatWith('bob'), say('1'), say('1'));
  played.play(told('sent', '1'), told('delivered', '1'));
  t.same(played.texts(played.chat()).map(({ mark }) => mark), ['waiting', 'delivered']);
  played.play(told('sent', '1'), told('sent', 'unknown'), { event: 'sent', with: 'user3', id: '1' });
  t.same(played.texts(played.chat()).map(({ mark }) => mark), ['waiting', 'delivered']);
  t.same(played.order, ['bob']);
});

test('unread texts are counted until somebody looks', async (t) => {
  const message: Event = { event: 'message', ...bob, text: 'hi', sent: 5 };
  const played = PlayedModel.online().play({ event: 'request', ...bob });
  t.equal(played.chat().unread, 1);
  played.play({ seen: { kind: 'chat', name: 'bob' } }, chatWith('bob'), message, message, say('1'));
  t.equal(played.chat().unread, 2, 'one\'s own are not');
  t.match(played.texts(played.chat())[0], { mine: false, from: 'bob', text: 'hi', time: 5, mark: undefined });
  played.play({ seen: { kind: 'room', name: 'bob' } });
  t.equal(played.chat().unread, 2);
  played.play({ seen: { kind: 'chat', name: 'bob' } });
  t.equal(played.chat().unread, 0);
});

test('why a chat ended, in words', async (t) => {
  const rows: [Partial<ChatEvent & { event: 'left' }>, RegExp][] = [
    [{ reason: 'left', by: 'me' }, /^plain: You have left/], [{ reason: 'left', by: 'peer' }, /^plain: bob has left/],
    [{ reason: 'disconnected', by: 'relay' }, /^warning: .*broke off/],
    [{ reason: 'too-slow', by: 'relay' }, /^warning: .*fast enough/],
    [{ reason: 'timed-out', by: 'relay' }, /^warning: .*did nothing/],
    [{ reason: 'timed-out', by: 'me' }, /^warning: .*took too long/],
    [{ reason: 'tampered', by: 'me' }, /^bad: .*for your safety.*changed on its way/],
  ];
  for (const [how, words] of rows) {
    const played = PlayedModel.online().play(chatWith('bob'), leftBy('bob', how));
    t.match(played.lines(played.chat()).at(-1), words);
    t.match(played.chat(), { phase: 'idle', signing: 'no' });
  }
});

test('lost and back: what was open is offered again, what was not is not', async (t) => {
  const played = PlayedModel.online().play(chatWith('bob'), chatWith('user3'), chatWith('user4'));
  played.play(say('1'), told('sent', '1'));
  played.play(leftBy('user4', { reason: 'disconnected', by: 'relay' }), { do: 'list' });
  const brokeOff = (name: string) => leftBy(name, { reason: 'disconnected', by: 'relay' });
  played.play(brokeOff('bob'), brokeOff('user3'), lost);
  t.match(played.model, { state: 'lost', lost: { text: 'It broke.', retryAt: played.time + 2_000 }, people: [] });
  t.same(['bob', 'user3', 'user4'].map((name) => played.chat(name).phase), ['offered', 'offered', 'idle']);
  t.equal(played.texts(played.chat())[0]!.mark, 'unconfirmed');
  played.play(lost, { do: 'certificate', ...bob }, { event: 'error', code: 'not-logged-in', text: 'No.', ...bob });
  played.play(ready);
  t.match(played.model, { state: 'online' });
  t.equal(played.model.lost, undefined);
  t.equal(played.play({ event: 'calling', ...bob }).chat().phase, 'offered');
  t.match(played.lines(played.chat()).at(-1), /offered to bob again/);
  t.equal(played.play(lost).chat().phase, 'offered', 'and once more, if nobody answers');
  played.play(ready, chatWith('bob'));
  t.equal(played.chat().phase, 'open');
  played.play({ event: 'error', code: 'no-answer', text: 'No answer.', with: 'user3' });
  t.equal(played.chat('user3').phase, 'idle');
  played.play({ event: 'closed', status: 0, text: 'Goodbye.' });
  t.match(played.model, { state: 'closed', closed: { status: 0, text: 'Goodbye.' } });
  t.equal(played.chat().phase, 'idle');
});

test('signing: who asks, who agrees, and that it ends with the chat', async (t) => {
  const open = () => PlayedModel.online().play(chatWith('bob'));
  const sign: Played = { do: 'sign', ...bob };
  const event = (name: 'sign-request' | 'sign-refused' | 'sign-unanswered'): Event => ({ event: name, ...bob });
  const signed: Event = { event: 'signed', ...bob, file: 'transcripts/bob.jsonl' };
  t.equal(open().play(sign).chat().signing, 'proposed');
  t.equal(open().play(sign, event('sign-refused')).chat().signing, 'no');
  t.equal(open().play(sign, event('sign-unanswered')).chat().signing, 'no');
  t.equal(open().play(sign, event('sign-unanswered'), signed).chat().signing, 'yes');
  t.equal(open().play(sign, { event: 'error', code: 'queue-full', text: 'Full.', ...bob }).chat().signing, 'no');
  t.equal(open().play(event('sign-request'), { do: 'decline', ...bob }).chat().signing, 'no');
  t.equal(PlayedModel.online().play({ event: 'request', ...bob }, sign).chat().signing, 'no', 'there is no chat yet');
  const played = open().play(event('sign-request'));
  t.match(played.chat(), { signing: 'request', unread: 1 });
  played.play(sign, signed, say('1'), { event: 'sent', ...bob, id: '1', signed: true });
  t.match(played.chat(), { signing: 'yes', transcript: 'transcripts/bob.jsonl' });
  t.equal(played.texts(played.chat())[0]!.signed, true);
  played.play({ event: 'message', ...bob, text: 'yes', sent: 1, signed: true });
  played.play({ event: 'receipt', ...bob, own: 1, other: 1 });
  t.equal(played.texts(played.chat())[1]!.signed, true);
  t.match(played.lines(played.chat()).at(-1), /receipt for your texts up to number 1/);
  played.play(leftBy('bob'));
  t.match(played.chat(), { signing: 'no', transcript: 'transcripts/bob.jsonl' });
  t.equal(played.play(chatWith('bob')).chat().transcript, undefined);
});

test('what is asked, who is online, and what belongs to no conversation', async (t) => {
  const played = new PlayedModel(emptyModel('alice')).play({ asked: { kind: 'passphrase', again: true } });
  t.match(played.model, { state: 'locked', question: { kind: 'passphrase', again: true } });
  played.play({ asked: null });
  t.equal(played.model.question, undefined);
  t.equal(played.model.state, 'logging-in');
  t.equal(played.play({ asked: { kind: 'password', again: false } }).model.state, 'logging-in');
  played.play({ event: 'wrong-password', text: 'No.', retry: 1_001 }, { asked: null }, ready);
  t.match(played.model, { state: 'online', me: { suite: 'X25519', server: { name: 'localhost' } } });
  const users = ['alice', 'bob'].map((name) => ({ name, inChat: name === 'bob' }));
  played.play({ event: 'users', users, more: true });
  t.match(played.model, { people: [{ name: 'bob', inChat: true }], more: true });
  t.equal(played.model.people.length, 1);
  played.play({ event: 'users', users: [users[0]!], more: false, prefix: 'a' });
  t.same(played.model.found, { prefix: 'a', people: [], more: false });
  t.equal(played.model.people.length, 1);
  played.play({ event: 'warning', code: 'unasked', text: 'Odd.', with: 'user9' });
  played.play({ event: 'error', code: 'failed', text: 'Hm.' });
  t.same(played.model.notices.map(({ text }) => text), [
    'Wrong password, or name, or key. You are asked again in 2 seconds.', 'Odd.', 'Hm.',
  ]);
  t.same(played.order, []);
});
