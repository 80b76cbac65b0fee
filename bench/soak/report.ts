import type { SoakReport } from './soak.js';

/** What must not be: one sentence each, none if all is well. */
export function failures({ texts, disturbances, shots, gauges }: SoakReport): string[] {
  const wrong: string[] = [];
  for (const kind of ['lost', 'doubled', 'outOfOrder', 'changed'] as const) if (texts[kind] !== 0) wrong.push(`${texts[kind]} texts ${words[kind]}`);
  for (const [what, count] of Object.entries(disturbances)) wrong.push(`honest users were disturbed: ${what} (${count}×)`);
  for (const { row, title, saw } of shots.filter(({ held }) => !held)) wrong.push(`${row} ${title}: ${saw}`);
  if (gauges.left.descriptors > gauges.empty.descriptors) wrong.push(`${gauges.left.descriptors - gauges.empty.descriptors} descriptors did not come back`);
  if (gauges.left.faults > 0) wrong.push(`the relay logged ${gauges.left.faults} faults of its own`);
  return wrong;
}

const words = { lost: 'lost', doubled: 'doubled', outOfOrder: 'out of order', changed: 'changed' };

export function page(report: SoakReport): string {
  const { options, texts, latency, shots, gauges, timeline } = report;
  const cpu = (gauges.end.cpu - gauges.full.cpu) / Math.max(1, timeline.at(-1)?.at ?? 1);
  const stall = Math.max(...timeline.map(({ gauge }) => gauge.stall));
  const lines = [
    `Soak of ${options.minutes} min: ${options.active} users in chats, ${options.idle} idle${options.attacks ? ', under attack' : ''}`,
    `${report.date.slice(0, 10)}, Node ${report.node}, ${report.machine}; relay, users and attackers on the same machine`,
    '',
    `texts      ${count(texts.sent)} sent, ${count(texts.received)} received; lost ${texts.lost}, doubled ${texts.doubled}, out of order ${texts.outOfOrder}, changed ${texts.changed}`,
    `latency    p50 ${ms(latency.p50)}, p90 ${ms(latency.p90)}, p99 ${ms(latency.p99)}, p99.9 ${ms(latency.p999)}, longest ${ms(latency.max)}`,
    `people     ${count(report.logIns)} logins, ${count(report.hangUps)} chats hung up and called again`,
    `relay      ${(100 * cpu).toFixed(0)} % of a core; the event loop was late by ${ms(stall)} at most`,
    '',
    '              nobody    all there   after load   all gone',
    row('resident', gauges, ({ rss }) => mib(rss)),
    row('heap', gauges, ({ heap }) => mib(heap)),
    row('buffers', gauges, ({ outside }) => mib(outside)),
    row('descriptors', gauges, ({ descriptors }) => count(descriptors)),
  ];
  if (shots.length > 0) lines.push('', ...attackLines(shots));
  const wrong = failures(report);
  lines.push('', ...(wrong.length === 0 ? ['Nothing was lost, nobody was disturbed, no attack succeeded.'] : ['NOT well:', ...wrong.map((each) => `  ${each}`)]));
  return `${lines.join('\n')}\n`;
}

function attackLines(shots: SoakReport['shots']): string[] {
  const rows = [...new Set(shots.map(({ row }) => row))].sort();
  return rows.map((name) => {
    const own = shots.filter(({ row: each }) => each === name);
    const held = own.filter((each) => each.held).length;
    return `${name.padEnd(4)} tried ${String(own.length).padStart(3)} times, ${held === own.length ? 'held' : `SUCCEEDED ${own.length - held} times`}: ${own[0]!.title}`;
  });
}

function row(name: string, { empty, full, end, left }: SoakReport['gauges'], value: (gauge: SoakReport['gauges']['empty']) => string): string {
  return `${name.padEnd(11)}${[empty, full, end, left].map((gauge) => value(gauge).padStart(11)).join('')}`;
}

const ms = (value: number) => (value >= 100 ? `${value.toFixed(0)} ms` : `${value.toPrecision(2)} ms`);
const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const count = (value: number) => value.toLocaleString('en-US');
