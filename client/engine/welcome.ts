/** What `welc` tells of the server's limits (docs/PROTOCOL.md part 4). */
export interface Welcome {
  readonly messages: number;
  readonly windowMs: number;
}

const usual: Welcome = { messages: 10, windowMs: 5_000 };

/** Outside of these a value makes no sense: it would stop a client, or never be a limit. */
const MESSAGES = { min: 1, max: 10_000_000 };
const SECONDS = { min: 0.001, max: 3_600 };

const sensible = (value: unknown, { min, max }: { min: number; max: number }): value is number =>
  typeof value === 'number' && value >= min && value <= max;

/** Unknown keys are ignored, values without sense replaced by the usual ones. */
export function readWelcome(json: string): Welcome {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return usual;
  }
  const rate = (parsed as { rate?: { messages?: unknown; seconds?: unknown } } | null)?.rate;
  if (!sensible(rate?.messages, MESSAGES) || !sensible(rate.seconds, SECONDS)) return usual;
  return { messages: Math.floor(rate.messages), windowMs: rate.seconds * 1_000 };
}
