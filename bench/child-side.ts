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
  process.on('message', (question: Question) => tell(answers[question]()));
  process.on('disconnect', () => process.exit(0));
  tell({ port });
}

export type Question = 'cpu' | 'memory';

const answers: Readonly<Record<Question, () => FromChild>> = {
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return { cpu: (user + system) / 1000 };
  },
  memory: () => {
    const { rss: resident } = process.memoryUsage();
    const { gc } = globalThis as { gc?: () => void };
    // What the first one lets go of, the second one finds.
    for (let time = 0; time < 2; time++) gc?.();
    const { rss: swept, heapUsed: heap } = process.memoryUsage();
    return { memory: { resident, swept, heap } };
  },
};
