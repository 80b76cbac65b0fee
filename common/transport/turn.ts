/** What is due at the end of this turn of the event loop, in its order. */
let due: (() => void)[] = [];

/** Runs it when the turn of the event loop is over: once for all who ask, since each of Node's own costs a little. */
export function atEndOfTurn(run: () => void): void {
  if (due.push(run) === 1) setImmediate(end);
}

function end(): void {
  const all = due;
  due = [];
  let at = 0;
  try {
    while (at < all.length) all[at++]!();
  } finally {
    // Whoever comes behind one that has thrown is not to wait for ever.
    if (at < all.length) for (const run of all.slice(at)) atEndOfTurn(run);
  }
}
