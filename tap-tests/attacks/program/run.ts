import { type Attack, type Field, NotTried } from '../live/attack.js';

export type Verdict = 'held' | 'SUCCEEDED' | 'not tried';

export interface Result {
  readonly row: string;
  readonly attack: string;
  readonly did: string;
  readonly saw: string;
  readonly verdict: Verdict;
  readonly seconds: number;
}

/** What every attack begins with. */
export type Base = Omit<Field, 'onEnd' | 'insiders'>;

/** One attack, and behind it a look whether honest users are still served; nothing of it is left behind. */
export async function run(
  attack: Attack, field: Omit<Field, 'onEnd'>, honest: () => Promise<string | undefined>,
): Promise<Result> {
  const ends: (() => void | Promise<void>)[] = [];
  const start = performance.now();
  const found = await tried(attack, { ...field, onEnd: (end) => ends.push(end) });
  for (const end of ends.reverse()) await end();
  const wrong = await honest();
  const { row, title } = attack;
  const seconds = Math.round(performance.now() - start) / 1_000;
  const result: Result = { row, attack: title, ...found, seconds };
  if (wrong === undefined) return result;
  const saw = [found.saw, `honest users are served no more: ${wrong}`].filter((each) => each !== '').join('; ');
  return { ...result, saw, verdict: 'SUCCEEDED' };
}

async function tried(attack: Attack, field: Field): Promise<Pick<Result, 'did' | 'saw' | 'verdict'>> {
  try {
    const { did, saw, held } = await attack.run(field);
    return { did, saw, verdict: held ? 'held' : 'SUCCEEDED' };
  } catch (error) {
    if (error instanceof NotTried) return { did: error.message, saw: '', verdict: 'not tried' };
    return { did: `it broke off: ${(error as Error).message}`, saw: '', verdict: 'not tried' };
  }
}

export const notReached = ({ row, title }: Attack): Result =>
  ({ row, attack: title, did: 'the server is gone', saw: '', verdict: 'not tried', seconds: 0 });

/** As many of each verdict. */
export const count = (results: readonly Result[], verdict: Verdict): number =>
  results.filter((each) => each.verdict === verdict).length;
