import { setTimeout as sleep } from 'node:timers/promises';

/** What a server's process tells the bench. */
export type FromChild =
  { readonly port: number } | { readonly full: true } | { readonly cpu: number } | { readonly memory: Memory };

/** Bytes. */
export interface Memory {
  /** Resident, as it is. */
  readonly resident: number;
  /** After the collection of garbage. */
  readonly swept: number;
  readonly heap: number;
}

/** The options that the bench gave. */
export const childOptions = <T>(): T => JSON.parse(process.argv[2] ?? '{}') as T;

export function tell(message: FromChild): void {
  process.send?.(message);
}

/** Says that the server listens, answers what is asked, and ends with the bench. */
export function serve(port: number): void {
  process.on('message', (question: Question) => void Promise.resolve(answers[question]()).then(tell));
  process.on('disconnect', () => process.exit(0));
  tell({ port });
}

export type Question = 'cpu' | 'memory';

/** V8 gives pages back some time after it has emptied them. */
const GIVEN_BACK_MS = 1_000;

const answers: Readonly<Record<Question, () => FromChild | Promise<FromChild>>> = {
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return { cpu: (user + system) / 1000 };
  },
  memory: async () => {
    const { rss: resident } = process.memoryUsage();
    const { gc } = globalThis as { gc?: () => void };
    // What the first one lets go of, the second one finds.
    for (let time = 0; time < 2; time++) {
      gc?.();
      await sleep(GIVEN_BACK_MS);
    }
    const { rss: swept, heapUsed: heap } = process.memoryUsage();
    return { memory: { resident, swept, heap } };
  },
};
