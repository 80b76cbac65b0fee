/** What `welc` tells of the server's limits (docs/PROTOCOL.md part 4). */
export interface Welcome {
  readonly messages: number;
  readonly windowMs: number;
}

const usual: Welcome = { messages: 10, windowMs: 5_000 };

/** A message a minute is slow, a million a second is no limit; outside of that a value makes no sense. */
const sensible = (value: unknown, max: number): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 1 && value <= max;

/** Unknown keys are ignored, values without sense replaced by the usual ones. */
export function readWelcome(json: string): Welcome {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return usual;
  }
  const rate = (parsed as { rate?: { messages?: unknown; seconds?: unknown } } | null)?.rate;
  if (!sensible(rate?.messages, 10_000_000) || !sensible(rate.seconds, 3_600)) return usual;
  return { messages: Math.floor(rate.messages), windowMs: rate.seconds * 1_000 };
}
