import { isDeepStrictEqual } from 'node:util';
import { test } from 'tap';
import { apply } from '../../../../../client/ui/web/model/apply.js';
import type { Change, Entry } from '../../../../../client/ui/web/model/entry.js';
import {
  CONVERSATIONS_MAX, ITEM_SIZE, ITEMS_MAX, KNOCKS_MAX, NOTICES_MAX, SIZE_MAX,
} from '../../../../../client/ui/web/model/limits.js';
import { emptyModel, isSame, type Item, type Model } from '../../../../../client/ui/web/model/model.js';
import type { Command } from '../../../../../client/engine/protocol.js';
import { everyEvent } from '../../../../fuzz/targets/events.js';
import { chatWith, joined, leftBy, outOf, ready } from '../../../../support/fake-engine.js';

const NAMES = ['bob', 'user3', 'user4', 'constructor', '__proto__', 'alice'];
const WORDS = ['1', '2', '3', 'half a pair \ud83d', '', 'a text\nof two lines', 'toString'];

/** The same numbers for the same seed: a test that fails can be run again. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function commands(name: string, id: string): readonly Command[] {
  const of: { readonly [D in Command['do']]: readonly Command[] } = {
    list: [{ do: 'list', prefix: name }], exit: [{ do: 'exit' }],
    chat: [{ do: 'chat', with: name }], cancel: [{ do: 'cancel', with: name }],
    accept: [{ do: 'accept', with: name }], refuse: [{ do: 'refuse', with: name }],
    verify: [{ do: 'verify', with: name }], compared: [{ do: 'compared', with: name }],
    sign: [{ do: 'sign', with: name }], decline: [{ do: 'decline', with: name }],
    trust: [{ do: 'trust', with: name, number: id }], certificate: [{ do: 'certificate', with: name }],
    leave: [{ do: 'leave', with: name }, { do: 'leave', room: name }],
    say: [
      { do: 'say', with: name, text: id, id }, { do: 'say', with: name, text: id },
      { do: 'say', room: name, text: id, id },
    ],
    join: [{ do: 'join', room: name }], members: [{ do: 'members', room: name }],
    invite: [{ do: 'invite', room: name, with: name }], remove: [{ do: 'remove', room: name, with: name }],
    admin: [{ do: 'admin', room: name, with: name }],
  };
  return Object.values(of).flat();
}

function changes(name: string, word: string): readonly Change[] {
  const events = [
    ...everyEvent(word, name), ready, chatWith(name, { trust: 'known', compared: true }), joined(name, true),
    leftBy(name, { reason: 'disconnected', by: 'relay' }), outOf(name, { reason: 'disconnected', by: 'relay' }),
    { event: 'users', users: [{ name, inChat: true }], more: false, prefix: word } as const,
    { event: 'signed', with: name } as const, { event: 'discarded', with: name } as const,
    { event: 'error', code: 'not-online', text: word, with: name } as const,
    { event: 'request', with: `${name}${word.length}` } as const,
  ];
  return [
    ...events.map((event) => ({ event })), ...commands(name, word).map((did) => ({ did })),
    { seen: { kind: 'chat', name } }, { seen: { kind: 'room', name } }, { asked: null },
    { asked: { kind: 'passphrase', again: false } }, { asked: { kind: 'password', again: true } },
  ];
}

/** What chance would hardly bring in this order. */
const story = (name: string, word: string): readonly Change[] => [
  { event: chatWith(name) }, { did: { do: 'say', with: name, text: word, id: word } },
  { event: leftBy(name, { reason: 'disconnected', by: 'relay' }) }, { event: { event: 'lost', text: word, retry: 1 } },
  { event: ready }, { event: { event: 'calling', with: name } }, { event: chatWith(name, { compared: true }) },
];

const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function sizeOf(item: Item): number {
  const more = item.kind === 'text' ? [item.why ?? '', ...item.missing] : [];
  return [item.text, ...more].reduce((sum, text) => sum + text.length, ITEM_SIZE);
}

/** Returns what is wrong with it. */
function excess({ conversations, notices, brokenOff }: Model): string[] {
  const wrong = conversations.flatMap((one) => [
    ...(one.items.length > ITEMS_MAX ? [`${one.name}: items`] : []),
    ...(one.size !== one.items.reduce((sum, item) => sum + sizeOf(item), 0) ? [`${one.name}: size`] : []),
    ...(one.kind === 'room' && one.knocks.length > KNOCKS_MAX ? [`${one.name}: knocks`] : []),
    ...(conversations.filter((other) => isSame(one, other)).length > 1 ? [`${one.name}: twice`] : []),
  ]);
  if (conversations.length > CONVERSATIONS_MAX) wrong.push('conversations');
  if (notices.length > NOTICES_MAX) wrong.push('notices');
  if (brokenOff.length > conversations.length) wrong.push('brokenOff');
  if (conversations.reduce((sum, { size }) => sum + size, 0) > SIZE_MAX) wrong.push('size');
  return wrong;
}

test('a copy that went through JSON goes on as the model does, whatever happens', async (t) => {
  for (let seed = 1; seed <= 8; seed++) {
    const below = numbers(seed);
    const model = emptyModel('alice');
    let copy: Model = copyOf(model);
    let since = 0;
    const next: Change[] = [];
    for (let time = 1; time <= 2_000; time++) {
      const [name, word] = [NAMES[below(NAMES.length)]!, WORDS[below(WORDS.length)]!];
      if (next.length === 0 && below(30) === 0) next.push(...story(name, word));
      const some = changes(name, word);
      const entry: Entry = { ...next.shift() ?? some[below(some.length)]!, time };
      const before = JSON.stringify(entry);
      apply(model, entry);
      if (JSON.stringify(entry) !== before) t.fail(`an entry was changed: ${before}`);
      apply(copy, copyOf(entry));
      if (time % 50 === 0 && !isDeepStrictEqual(copyOf(copy), copyOf(model))) {
        return void t.fail(`seed ${seed}: a copy of ${since} is another at ${time}`);
      }
      if (below(100) === 0) [copy, since] = [copyOf(model), time];
    }
    t.same(excess(model), [], `seed ${seed}`);
    t.ok(model.conversations.some(({ items }) => items.length > 50), 'something has happened');
  }
});
