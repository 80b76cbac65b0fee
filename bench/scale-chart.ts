import type { Report } from './bench.js';
import { besideOf, type Row } from './rows.js';
import { ACTIVE_PAIRS } from './scale-steps.js';
import { short } from './short.js';
import type { Spread } from './statistics.js';
import { at, sheet, text } from './svg.js';
import { everybody, shownAs, type Who } from './who.js';

const WIDTH = 860;
const LEFT = 90;
const RIGHT = 40;
const HIGH = 180;
const HEIGHT = 620;
const DOT = 3.5;
const KEY = 128;

const LIGHT = `
.axis { stroke: #59636e } .line { fill: none; stroke-width: 1.8 } .spread { stroke-width: 1.2 }
.relay { stroke: #0969da } .plain { stroke: #bc4c00 } .gathering { stroke: #8c959f } .key { stroke-width: 3 }
.nats { stroke: #1a7f37 } .mosquitto { stroke: #8250df }
circle.nats { fill: #1a7f37 } circle.mosquitto { fill: #8250df }
circle.relay { fill: #0969da } circle.plain { fill: #bc4c00 } circle.gathering { fill: #8c959f }`;
const DARK = `
.axis { stroke: #9198a1 } .relay { stroke: #4493f8 } .plain { stroke: #db6d28 } .gathering { stroke: #6e7681 }
.nats { stroke: #3fb950 } .mosquitto { stroke: #ab7df8 }
circle.nats { fill: #3fb950 } circle.mosquitto { fill: #ab7df8 }
circle.relay { fill: #4493f8 } circle.plain { fill: #db6d28 } circle.gathering { fill: #6e7681 }`;

const panels = [
  { title: 'Messages a second', top: 104, sample: 'rate', unit: '' },
  { title: 'Round trip, median', top: 364, sample: 'p50', unit: ' ms' },
] as const;

/** One who is measured, with one number of sessions. */
interface Point {
  readonly sessions: number;
  readonly value: Spread;
}

/** Messages a second and latency over the number of sessions, which is logarithmic; for light and dark. */
export function scaleChart(report: Report): string {
  const { rows, brokers, options: { scale } } = report;
  const all = everybody(brokers.map(({ broker }) => broker));
  const x = acrossFor(scale);
  return sheet({
    width: WIDTH, height: HEIGHT, light: LIGHT, dark: DARK, made: report,
    title: 'Sessions, messages a second and latency',
    head: 'Many sessions on one relay',
    note: `Half of all talk, ${ACTIVE_PAIRS} pairs at a time; each message waits for its answer.`,
  }, [...keys(all), ...panels.flatMap((panel) => drawn(panel, all, rows, scale, x))]);
}

function drawn(
  { title, top, sample, unit }: (typeof panels)[number],
  all: readonly Who[],
  rows: readonly Row[],
  scale: readonly number[],
  x: (sessions: number) => number,
): string[] {
  const lines = all.map((who) => ({ who, points: pointsOf(who, sample, rows, scale) }));
  const { y, ticks } = upFor(lines.flatMap(({ points }) => points.map(({ value }) => value.max)), top);
  const bottom = top + HIGH;
  return [
    text(16, top - 16, title, 'group'),
    ...ticks.flatMap((tick) => [
      `<path class="grid" d="M${LEFT} ${at(y(tick))}H${WIDTH - RIGHT}"/>`,
      text(LEFT - 8, y(tick) + 4, `${tick.toLocaleString('en-US')}${unit}`, 'end note'),
    ]),
    ...scale.map((sessions) => text(x(sessions), bottom + 18, sessions.toLocaleString('en-US'), 'tick')),
    `<path class="axis" d="M${LEFT} ${bottom}H${WIDTH - RIGHT}"/>`,
    ...lines.flatMap(({ who, points }) => [
      `<path class="line ${who}" d="${points.map((each, index) =>
        `${index === 0 ? 'M' : 'L'}${at(x(each.sessions))} ${at(y(each.value.median))}`).join('')}"/>`,
      ...points.map(({ sessions, value }) => dot(who, x(sessions), value, y)),
    ]),
    text((LEFT + WIDTH - RIGHT) / 2, bottom + 36, 'sessions that are logged in', 'tick'),
  ];
}

/** The median, what it is, and from least to most. */
const dot = (who: Who, x: number, { median, min, max }: Spread, y: (value: number) => number): string =>
  `<path class="spread ${who}" d="M${at(x)} ${at(y(min))}V${at(y(max))}"/>`
    + `<circle class="${who}" cx="${at(x)}" cy="${at(y(median))}" r="${DOT}">`
    + `<title>${shownAs[who]}: ${short(median)}</title></circle>`;

function pointsOf(who: Who, sample: string, rows: readonly Row[], scale: readonly number[]): Point[] {
  return [...scale].sort((one, other) => one - other).flatMap((sessions) => {
    const row = rows.find(({ id }) => id === `relay.scale-${sessions}-${sample}`);
    const value = who === 'relay' ? row?.here : row && besideOf(row, who)?.there;
    return value ? [{ sessions, value }] : [];
  });
}

/** At the right, beside the title of the upper panel. */
const keys = (all: readonly Who[]): string[] => all.map((who, index) => {
  const x = WIDTH - 20 - KEY * (all.length - index);
  return `<path class="key ${who}" d="M${x} 84h18"/>${text(x + 24, 88, shownAs[who], 'note')}`;
});

/** Logarithmic, a little room at both ends; one number alone is in the middle. */
function acrossFor(scale: readonly number[]): (sessions: number) => number {
  const [low, high] = [Math.log10(Math.min(...scale)), Math.log10(Math.max(...scale))];
  const [from, to] = [LEFT + 40, WIDTH - RIGHT - 40];
  if (high === low) return () => (from + to) / 2;
  return (sessions) => from + (Math.log10(sessions) - low) / (high - low) * (to - from);
}

/** From zero to what is round above the greatest. */
function upFor(values: readonly number[], top: number): { y: (value: number) => number; ticks: number[] } {
  const most = Math.max(...values, Number.MIN_VALUE);
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [0.2, 0.5, 1, 2].map((each) => each * power).find((each) => most / each <= 5) ?? 2 * power;
  const count = Math.ceil(most / step);
  const ticks = Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(3)));
  return { y: (value) => top + HIGH * (1 - value / (count * step)), ticks };
}
