/** What is due at the end of this turn of the event loop, in its order. */
let due: (() => void)[] = [];

/** Runs it when the turn of the event loop is over: once for all who ask, since each of Node's own costs a little. */
export function atEndOfTurn(run: () => void): void {
  if (due.push(run) === 1) setImmediate(end);
}

function end(): void {
  const all = due;
  due = [];
  for (const run of all) run();
}
