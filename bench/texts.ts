import type { Credentials } from '../client/engine/login.js';
import { Talker } from './talker.js';
import type { Tally } from './traffic.js';

/** Texts each way before the receipts are waited for, for about a second: 64 may be without one. */
const BURST = 60;

/** @returns the ms from each `say` to the `message` that the other is shown, there and back in turn */
export async function texts(
  port: number, [caller, receiver]: readonly [Credentials, Credentials], seconds: number, tally: Tally,
): Promise<number[]> {
  const [one, other] = [new Talker(port, caller), new Talker(port, receiver)];
  await one.logIn();
  await other.logIn();
  await chat(one, other);
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  for (let said = BURST; ; said += BURST) {
    for (let text = 0; text < BURST; text++) {
      times.push(await say(one, other, tally));
      times.push(await say(other, one, tally));
    }
    if (performance.now() >= end) break;
    for (const each of [one, other]) while (each.delivered < said) await each.next('delivered');
  }
  await one.leave();
  await other.leave();
  return times;
}

async function chat(one: Talker, other: Talker): Promise<void> {
  const requested = other.next('request');
  one.do({ do: 'chat', with: other.name });
  await requested;
  const begun = [one.next('chat'), other.next('chat')];
  other.do({ do: 'accept', with: one.name });
  await Promise.all(begun);
}

async function say(from: Talker, to: Talker, tally: Tally): Promise<number> {
  const text = `The ${++tally.sent}th text of this run; it is as long as what people write to one another.`;
  const start = performance.now();
  const shown = to.next('message');
  from.do({ do: 'say', with: to.name, text });
  const event = await shown;
  const ms = performance.now() - start;
  if (event.text !== text) throw new Error('Another text came than was sent.');
  tally.received++;
  return ms;
}
