import type { LoginOptions, Outcome } from '../../support/attacker/login.js';
import { erroCode, type Session } from '../../support/attacker/session.js';
import type { Message } from '../../support/attacker/records.js';
import { until } from '../../support/until.js';
import type { Field, Verdict } from './attack.js';
import { attempt } from './doors.js';

export const NOT_AUTHENTICATED = 3;
export const MALFORMED = 1;
/** The code of `erro` before the end of a session. */
export const ERRO_MALFORMED = 12;

export function outcomeText(outcome: Outcome): string {
  if (outcome.is === 'refused') return `refused with ${outcome.code}`;
  return outcome.is === 'closed' ? 'closed without a word' : 'LET IN';
}

/** What is only allowed to come to a refusal with one of these codes. */
export async function refused(
  field: Field, verdict: Verdict, what: string, username: string, options: LoginOptions,
  codes: readonly number[] = [NOT_AUTHENTICATED],
): Promise<void> {
  const outcome = await attempt(field, username, options);
  verdict.expect(outcome.is === 'refused' && codes.includes(outcome.code), `${what}: ${outcomeText(outcome)}`);
  outcome.line.socket.destroy();
}

/**
 * How the server ended a session, in words: "erro 12, exit" is what part 3 says of all that is malformed.
 * @param ms it may have to wait for the rate, at most for one window
 */
export async function lastWords(session: Session, ms = 10_000): Promise<string> {
  const { line } = session;
  await until('the end', () => line.ended || line.closed, ms).catch(() => undefined);
  if (!line.ended && !line.closed) return 'nothing: the session goes on';
  const words = session.heard.filter(({ command }) => command === 'erro' || command === 'exit')
    .map((each) => (each.command === 'erro' ? `erro ${erroCode(each)}` : 'exit'));
  return words.length > 0 ? words.join(', ') : 'cut without a word';
}

export const MALFORMED_END = `erro ${ERRO_MALFORMED}, exit`;

/** A session that has to end as malformed, and with nothing else said. */
export async function endsMalformed(session: Session, verdict: Verdict, what: string): Promise<void> {
  const words = await lastWords(session);
  verdict.expect(words === MALFORMED_END, `${what}: ${words}`);
  session.line.socket.destroy();
}

/** The first that is said after a command, in words: the command that answers, with its code where it is `erro`. */
export async function answered(
  verdict: Verdict, session: Session, state: string, said: Message, due: string,
): Promise<void> {
  session.heard.length = 0;
  session.say(said);
  await until('an answer', () => session.heard.length > 0 || session.line.closed).catch(() => undefined);
  const answer = session.heard.shift();
  const words = answer?.command === 'erro' ? `erro ${erroCode(answer)}` : answer?.command ?? 'nothing';
  verdict.expect(words === due, `${said.command} ${state}: ${words} in the place of ${due}`);
}

/** A command that is done, or ignored, without a word to whoever said it. */
export async function unanswered(verdict: Verdict, session: Session, state: string, said: Message): Promise<void> {
  session.heard.length = 0;
  session.say(said);
  const heard = (await session.settled()).map(({ command }) => command).join(', ');
  verdict.expect(heard === '', `${said.command} ${state}: ${heard} in the place of nothing`);
}
