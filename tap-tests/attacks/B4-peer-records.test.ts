import { type Test, test } from 'tap';
import { kind } from '../support/attacker/conversation.js';
import { type Body, isRecord } from '../support/attacker/switchboard.js';
import { CorruptScene, heldClock, told } from '../support/corrupt-scene.js';
import { type Actor, connect } from '../support/scene.js';

// A relay that is honest but for what it does to the bodies that it forwards.

/** In the place of the body that comes when there were so many before it; all others pass. */
const at = (place: number, given: Fault): Fault => (body, before, earlier) =>
  (before.length === place ? given(body, before, earlier) : [body]);

const flipped = (body: Body, at: number): Body => {
  const content = Buffer.from(body.content);
  content.writeUInt8(content.readUInt8(at) ^ 1, at);
  return { ...body, content };
};

const SENT_BACK = 'sent back to its sender as well';

/** `before` has those that came already; `earlier` is one of the last chat. */
type Fault = (body: Body, before: readonly Body[], earlier: Body) => readonly Body[];

const swapped = (first: number): Fault => (body, before) =>
  (before.length === first ? [] : before.length === first + 1 ? [body, before[first]!] : [body]);

/** What becomes of three texts, 1 to 3, and which of them are shown. */
const faults: Record<string, readonly [fault: Fault, shown: readonly string[]]> = {
  'the first dropped': [at(0, () => []), []],
  'the second dropped': [at(1, () => []), ['1']],
  'the first two swapped': [swapped(0), []],
  'the last two swapped': [swapped(1), ['1']],
  'the first doubled': [at(0, (body) => [body, body]), ['1']],
  'the last doubled': [at(2, (body) => [body, body]), ['1', '2', '3']],
  'the first once more at the end': [at(2, (body, [first]) => [body, first!]), ['1', '2', '3']],
  [SENT_BACK]: [at(2, (body) => [body, { ...body, to: body.from }]), ['1', '2', '3']],
  'one of an earlier chat': [(body, _before, earlier) => [{ ...body, content: earlier.content }], []],
  'the counter changed': [(body) => [flipped(body, 12)], []],
  'the time changed': [(body) => [flipped(body, 35)], []],
  'the tag changed': [(body) => [flipped(body, 40)], []],
  'the text changed': [(body) => [flipped(body, 58)], []],
  'the last byte changed': [(body) => [flipped(body, body.content.length - 1)], []],
  'a byte shorter': [(body) => [{ ...body, content: body.content.subarray(1) }], []],
  'another kind': [(body) => [{ ...body, kind: kind.P3 }], []],
};

const CODES: Record<string, string> = { 'another kind': 'out-of-turn' };
const lost = (who: Actor, texts = '') => [`left ${who.name} disconnected by relay${texts}`];
const warned = (who: Actor, code: string, texts = '') =>
  [`warning ${who.name} ${code}`, `left ${who.name} tampered by me${texts}`];

/** One says three texts. @returns their bodies as they came to the relay */
async function threeTexts(
  t: Test, corrupt: CorruptScene, [from, to]: readonly [Actor, Actor], name: string, earlier: readonly Body[],
): Promise<readonly Body[]> {
  const [fault, shown] = faults[name]!;
  const before: Body[] = [];
  corrupt.board.onBody = (body) => {
    if (!isRecord(body) || body.from !== from.name) return [body];
    const given = fault(body, before, earlier[before.length]!);
    before.push(body);
    return given;
  };
  const starts = [from.events.length, to.events.length];
  for (const text of ['1', '2', '3']) from.do({ do: 'say', with: to.name, text, id: text });
  await Promise.all([from.next('left'), to.next('left')]);
  const code = CODES[name] ?? 'tampered';
  const texts = ' unconfirmed 1,2,3';
  const ends = name === SENT_BACK ? [warned(to, code, texts), lost(from)] : [lost(to, texts), warned(from, code)];
  t.same(told(from, starts[0]), ends[0], `${name}: ${from.name}`);
  const messages = shown.map((text) => `message ${from.name} ${text}`);
  t.same(told(to, starts[1]), [...messages, ...ends[1]!], `${name}: ${to.name}`);
  corrupt.board.onBody = (body) => [body];
  return before;
}

for (const sender of ['caller', 'receiver'] as const) {
  test(`B4: records of the ${sender} that the relay dropped, swapped, doubled or changed end the chat`, async (t) => {
    const corrupt = await CorruptScene.open(t, { clock: heldClock() });
    const [alice, bob] = await corrupt.pair();
    let earlier: readonly Body[] = [];
    for (const name of Object.keys(faults)) {
      await connect(alice, bob);
      await corrupt.settled();
      earlier = await threeTexts(t, corrupt, sender === 'caller' ? [alice, bob] : [bob, alice], name, earlier);
    }
  });
}

test('B4: a body of the exchange dropped, doubled or in the place of another opens nothing', async (t) => {
  const clock = heldClock();
  const corrupt = await CorruptScene.open(t, { clock });
  const [alice, bob] = await corrupt.pair();
  const spoils: readonly (readonly [string, (body: Body) => readonly Body[]])[] = [
    ['dropped', () => []], ['doubled', (body) => [body, body]],
    ['as another', (body) => [{ ...body, kind: (body.kind % 3) + 1 }]],
  ];
  for (const which of [kind.P1, kind.P2, kind.P3]) {
    for (const [name, fault] of spoils) {
      const starts = [alice.events.length, bob.events.length];
      corrupt.board.onBody = (body) => (body.kind === which ? fault(body) : [body]);
      alice.do({ do: 'chat', with: 'bob' });
      await bob.next('request');
      bob.do({ do: 'accept', with: 'alice' });
      await corrupt.settled();
      if (name === 'dropped') clock.advance(30_000);
      await Promise.all([alice.next('left'), bob.next('left')]);
      const lines = [told(alice, starts[0]), told(bob, starts[1])];
      const codes = lines.flat().filter((line) => line.startsWith('warning')).map((line) => line.split(' ')[2]);
      const code = name === 'dropped' ? 'timed-out' : 'out-of-turn';
      t.same([...new Set(codes)], [code], `P${which} ${name}: ${JSON.stringify(lines)}`);
      t.notOk(lines.flat().some((line) => line.startsWith('message')));
    }
  }
});
