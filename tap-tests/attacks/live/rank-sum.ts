/**
 * How far apart two samples of times are, in standard deviations of what chance would do (Mann and Whitney, normal
 * approximation): positive where the second is larger. It asks which of two is larger, never by how much, so a few
 * times that something else delayed do not matter.
 */
export function asFarApart(first: readonly number[], second: readonly number[]): number {
  const [n, m] = [first.length, second.length];
  const wins = second.reduce((sum, later) => sum + first.reduce((own, earlier) => own + above(later, earlier), 0), 0);
  return (wins - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
}

const above = (one: number, other: number): number => (one > other ? 1 : one === other ? 0.5 : 0);
