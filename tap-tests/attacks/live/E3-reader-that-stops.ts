import { readPubk } from '../../support/attacker/conversation.js';
import type { Message } from '../../support/attacker/records.js';
import { erroCode, message, type Session } from '../../support/attacker/session.js';
import { until } from '../../support/until.js';
import { type Attack, type Field, Verdict } from './attack.js';
import { callUp } from './calls.js';
import { Honest } from './honest.js';
import { isWhole, Numbers, numbersIn } from './numbers.js';
import { Onlooker } from './onlooker.js';

/** Records for one who does not read them; as many of them as the rate allows in this time. */
const [RECORDS, MS] = [100_000, 9_000];

const [DID_NOT_READ, NO_CONVERSATION] = [2, 6];

/** More than all buffers of a system and the queue of a receiver have room for. */
const TOO_MUCH = 64 * 1024 * 1024;

/** What came of one time that the reader slept. */
interface Night {
  readonly said: number;
  readonly bytes: number;
  /** Reasons with which its conversations ended for the sender. */
  readonly reasons: readonly number[];
  /** The numbers that the sleeper found when it woke are whole, and all that were said if nothing ended. */
  readonly whole: boolean;
}

/** All but the answers to what was still on its way when the conversation ended. */
function forgetEchoes({ heard }: Session): (each: Message) => void {
  return (each) => {
    if (each.command !== 'erro' || erroCode(each) !== NO_CONVERSATION) heard.push(each);
  };
}

const ended = ({ heard }: Session): Message | undefined => heard.find(({ command }) => command === 'exch');

/** Bob falls asleep in a conversation; where it ends he accepts the next one asleep, until the server cuts him. */
async function night(field: Field, alice: Honest, numbers: Numbers, more: () => boolean): Promise<Night> {
  const bob = await Honest.enter(field, field.insiders[1]);
  const [first, reasons] = [numbers.said, [] as number[]];
  const { conversation: evening } = await callUp(alice.session, bob.session);
  let conversation: Buffer | undefined = evening;
  await alice.pace.turn();
  bob.session.line.sleep();
  let inFirst = 0;
  while (conversation && more()) {
    await numbers.say(conversation);
    if (!ended(alice.session)) continue;
    reasons.push((await alice.session.expect('exch')).payload[8]!);
    inFirst ||= numbers.said - first;
    conversation = more() ? await again(alice, bob) : undefined;
  }
  bob.session.line.wake();
  const { heard, line } = bob.session;
  const all = () => numbersIn(heard, evening);
  await until('the sleeper to hear what is left', () => line.closed || line.ended || ended(bob.session) !== undefined
    || all().length === numbers.said - first, 15_000).catch(() => undefined);
  const came = all();
  // Its conversation may have ended when nothing more was said: then the sender is told so a moment later.
  if (reasons.length === 0 && came.length < numbers.said - first) {
    await until('the sender to be told', () => ended(alice.session) !== undefined).catch(() => undefined);
    if (ended(alice.session)) reasons.push((await alice.session.expect('exch')).payload[8]!);
  }
  bob.leave();
  return {
    said: numbers.said - first, bytes: (inFirst || numbers.said - first) * numbers.bytes, reasons,
    whole: isWhole(came, first) && (reasons.length > 0 || came.length === numbers.said - first),
  };
}

async function again(alice: Honest, bob: Honest): Promise<Buffer | undefined> {
  const { session } = alice;
  await alice.pace.turn();
  session.say(message('chat', bob.session.username));
  const answered = () => session.heard.some(({ command }) => command === 'call' || command === 'erro');
  await until('an answer to a call', answered);
  if (session.errors.length > 0) {
    session.heard.length = 0;
    return undefined;
  }
  bob.session.say(message('acpt', session.username));
  return readPubk(await session.expect('pubk')).conversation;
}

export const readerThatStops: Attack = {
  row: 'E3',
  title: 'a reader that stops reading',
  async run(field) {
    const verdict = new Verdict();
    const onlooker = Onlooker.watch(field);
    const alice = await Honest.enter(field, field.insiders[0]);
    alice.session.onMessage = forgetEchoes(alice.session);
    const numbers = new Numbers(alice);
    const end = performance.now() + MS * field.scale;
    const more = () => numbers.said < RECORDS * field.scale && performance.now() < end;
    const nights: Night[] = [];
    while (more()) nights.push(await night(field, alice, numbers, more));
    onlooker.stop();
    for (const { bytes, reasons, whole } of nights) {
      verdict.expect(reasons.every((reason) => reason === DID_NOT_READ), `a conversation ended with ${reasons}`);
      verdict.expect(reasons.length > 0 || bytes < TOO_MUCH, `${bytes / 1024 ** 2} MiB wait for one who does not read`);
      verdict.expect(whole, 'what the sleeper found is not what was said');
    }
    verdict.expect(onlooker.served, `others feel it: ${onlooker}`);
    await alice.session.settled();
    alice.leave();
    const most = Math.max(...nights.map(({ bytes }) => bytes)) / 1024 ** 2;
    const over = nights.flatMap(({ reasons }) => reasons).length;
    return verdict.finding(
      `${numbers.said} records for one who had stopped reading, ${nights.length} times`,
      `${over} conversations ended with reason 2, none later than ${most.toFixed(1)} MiB; a stranger got ${onlooker}`,
    );
  },
};
