import { at, sheet, text } from '../svg.js';
import type { SoakReport } from './soak.js';
import type { Moment } from './timeline.js';

const WIDTH = 860;
const LEFT = 74;
const RIGHT = 70;
const HIGH = 150;
const PANELS = [100, 322, 544] as const;

const LIGHT = `
.axis { stroke: #59636e } .line { fill: none; stroke-width: 1.5 } .a { stroke: #0969da } .b { stroke: #bc4c00 } .c { stroke: #8c959f }
.key.a, .key.b, .key.c { stroke-width: 3 } .fire { fill: #bc4c00 } .left { text-anchor: end }`;
const DARK = `
.axis { stroke: #9198a1 } .a { stroke: #4493f8 } .b { stroke: #db6d28 } .c { stroke: #6e7681 } .fire { fill: #db6d28 }`;

interface Series {
  readonly name: string;
  readonly kind: 'a' | 'b' | 'c';
  readonly of: (moment: Moment) => number;
}

interface Panel {
  readonly title: string;
  readonly top: number;
  readonly log: boolean;
  readonly unit: (value: number) => string;
  readonly series: readonly Series[];
}

const mib = (bytes: number) => bytes / 2 ** 20;

const panels: readonly Panel[] = [
  {
    title: 'From say to message, each second', top: PANELS[0], log: true, unit: (value) => (value >= 1_000 ? `${value / 1_000} s` : `${value} ms`),
    series: [
      { name: 'longest', kind: 'c', of: ({ max }) => max },
      { name: 'p99', kind: 'b', of: ({ p99 }) => p99 },
      { name: 'p50', kind: 'a', of: ({ p50 }) => p50 },
    ],
  },
  {
    title: 'Memory of the relay', top: PANELS[1], log: false, unit: (value) => `${value} MiB`,
    series: [
      { name: 'resident', kind: 'b', of: ({ gauge }) => mib(gauge.rss) },
      { name: 'heap', kind: 'a', of: ({ gauge }) => mib(gauge.heap) },
      { name: 'buffers', kind: 'c', of: ({ gauge }) => mib(gauge.outside) },
    ],
  },
  {
    title: 'Open descriptors of the relay', top: PANELS[2], log: false, unit: (value) => value.toLocaleString('en-US'),
    series: [{ name: 'descriptors', kind: 'a', of: ({ gauge }) => gauge.descriptors }],
  },
];

/** Latency, memory and descriptors over the run, and under them which attack ran when. */
export function soakPicture(report: SoakReport): string {
  const { timeline, shots, options } = report;
  const end = Math.max(1, timeline.at(-1)?.at ?? 1);
  const x = (ms: number) => LEFT + Math.min(1, ms / end) * (WIDTH - LEFT - RIGHT);
  const rows = [...new Set(shots.map(({ row }) => row))].sort();
  const fireTop = PANELS[2] + HIGH + 56;
  const height = fireTop + rows.length * 18 + (rows.length > 0 ? 40 : 0) + 10;
  const subtitle = `${options.active} users in chats, ${options.idle} idle${options.attacks ? ', under attack' : ''}: `
    + `${report.texts.received.toLocaleString('en-US')} texts, ${report.texts.lost} lost, ${report.texts.doubled} doubled, ${report.texts.outOfOrder} out of order`;
  return sheet({
    width: WIDTH, height, light: LIGHT, dark: DARK, made: report,
    title: `A soak of the relay: ${subtitle}`,
    head: `${options.minutes} minutes of load on one relay`,
    note: subtitle,
    remark: '; users and attackers on the same machine',
  }, [
    ...panels.flatMap((panel) => draw(panel, timeline, x, end)),
    ...(rows.length > 0 ? [text(16, fireTop, 'Attacks under way', 'group')] : []),
    ...rows.flatMap((row, index) => {
      const y = fireTop + 22 + index * 18;
      const bars = shots.filter((each) => each.row === row && each.from < end).map(({ from, to }) =>
        `<rect class="fire" x="${at(x(from))}" y="${at(y - 9)}" width="${at(Math.max(1, x(Math.min(to, end)) - x(from) - 0.5))}" height="9"/>`);
      return [text(LEFT - 10, y, row, 'end'), ...bars];
    }),
  ]);
}

function draw(panel: Panel, timeline: readonly Moment[], x: (ms: number) => number, end: number): string[] {
  const values = panel.series.flatMap(({ of }) => timeline.map(of)).filter(Number.isFinite);
  const { y, ticks } = panel.log ? logScale(values, panel.top) : linearScale(values, panel.top);
  const bottom = panel.top + HIGH;
  let keyAt = WIDTH - RIGHT;
  const keys = panel.series.map(({ name, kind }) => {
    const right = keyAt;
    keyAt -= name.length * 7 + 34;
    return `<path class="key ${kind}" d="M${at(right - name.length * 6.6 - 22)} ${panel.top - 20}h14"/>${text(right, panel.top - 16, name, 'end note')}`;
  });
  return [
    text(16, panel.top - 16, panel.title, 'group'), ...keys,
    ...ticks.flatMap((tick) => [
      `<path class="grid" d="M${LEFT} ${at(y(tick))}H${WIDTH - RIGHT}"/>`, text(LEFT - 8, y(tick) + 4, panel.unit(tick), 'end note'),
    ]),
    ...minutes(end).map((minute) => text(x(minute * 60_000), bottom + 16, minute === 0 ? '0' : `${minute} min`, 'tick')),
    ...panel.series.map(({ kind, of }) => `<path class="line ${kind}" d="${line(timeline, of, x, y)}"/>`),
    `<path class="axis" d="M${LEFT} ${bottom}H${WIDTH - RIGHT}"/>`,
  ];
}

/** Broken where there is no value. */
function line(timeline: readonly Moment[], of: (moment: Moment) => number, x: (ms: number) => number, y: (value: number) => number): string {
  let pen = 'M';
  return timeline.map((moment) => {
    const value = of(moment);
    if (!Number.isFinite(value)) {
      pen = 'M';
      return '';
    }
    const point = `${pen}${at(x(moment.at))} ${at(y(value))}`;
    pen = 'L';
    return point;
  }).join('');
}

interface Scale {
  readonly y: (value: number) => number;
  readonly ticks: readonly number[];
}

function logScale(values: readonly number[], top: number): Scale {
  const low = Math.floor(Math.log10(Math.min(1, ...values)));
  const high = Math.ceil(Math.log10(values.reduce((most, value) => Math.max(most, value), 10)));
  const y = (value: number) => top + HIGH * (1 - (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low));
  return { y, ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)) };
}

function linearScale(values: readonly number[], top: number): Scale {
  const most = values.reduce((high, value) => Math.max(high, value), 1);
  const step = [1, 2, 5].flatMap((digit) => Array.from({ length: 6 }, (_, power) => digit * 10 ** power))
    .sort((one, other) => one - other).find((each) => most / each <= 5) ?? most;
  const high = Math.ceil(most / step) * step;
  return {
    y: (value) => top + HIGH * (1 - value / high),
    ticks: Array.from({ length: Math.round(high / step) + 1 }, (_, index) => index * step),
  };
}

function minutes(end: number): number[] {
  const all = end / 60_000;
  const step = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 240].find((each) => all / each <= 10) ?? 1_440;
  return Array.from({ length: Math.floor(all / step) + 1 }, (_, index) => index * step);
}
