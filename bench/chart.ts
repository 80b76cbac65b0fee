import type { Report } from './bench.js';
import { besideOf, type Row } from './rows.js';
import { short } from './short.js';
import type { Spread } from './statistics.js';
import { at, sheet, text } from './svg.js';
import { label } from './table.js';
import { groupsOf, viewsOf } from './views.js';
import { type PeerName, shownAs } from './who.js';

const WIDTH = 920;
const LEFT = 330;
const RIGHT = 130;
const LINE = 22;
const TOP = 62;
const BAR = 12;
/** Of each of two. */
const THIN = 7;

/**
 * The ratios as bars to both sides of 1, on a scale where twice and half are as long; for light and dark. First beside
 * TLS, then beside the brokers; where there are two peers, each has a bar. What has none is written out.
 */
export function chart(report: Report): string {
  const views = viewsOf(report).map(({ peers, rows }) => ({ peers, rows: rows.filter(({ follows }) => !follows) }));
  const scale = scaleFor(views.flatMap(({ peers, rows }) => rows.flatMap((row) => ratiosOf(row, peers))));
  const body: string[] = [];
  let y = TOP;
  for (const { peers, rows } of views) {
    y += LINE * 1.6;
    body.push(text(16, y, besideWhom(peers), 'view'));
    for (const { group, rows: own } of groupsOf(rows)) {
      y += LINE * 1.6;
      body.push(text(16, y, group, 'group'));
      y += LINE;
      for (const row of own) {
        const drawn = ratiosOf(row, peers).length > 0 ? bars(row, peers, y, scale) : alone(row, y, scale);
        body.push(text(LEFT - 14, y, label(row), 'end'), drawn);
        y += LINE;
      }
    }
  }
  const head = report.brokers.length > 0
    ? 'MessageApp beside relays and brokers over mutual TLS 1.3'
    : 'MessageApp beside a relay over mutual TLS 1.3';
  return sheet({
    width: WIDTH, height: Math.ceil(y + 34), light: LIGHT, dark: DARK, made: report,
    title: `${head}: how many times better`,
    head,
    note: `Right of 1×: MessageApp is better. Median, and least to most, of ${report.options.rounds} rounds.`,
  }, [...scale.ticks.map((tick) => grid(scale.x(tick), tick, y)), ...body]);
}

function besideWhom(peers: readonly PeerName[]): string {
  const [one, other] = peers.map((peer) => shownAs[peer]);
  return other === undefined ? `Beside ${one}` : `Of two bars the upper: beside ${one}; the lower: beside ${other}`;
}

const LIGHT = `
.view { font-style: italic }
.one { stroke: #59636e } .better { fill: #1a7f37 } .worse { fill: #bc4c00 }
.spread { stroke: #1f2328; stroke-width: 1.5 }`;
const DARK = `
.one { stroke: #9198a1 } .better { fill: #3fb950 } .worse { fill: #db6d28 } .spread { stroke: #e6edf3 }`;

interface Scale {
  readonly x: (ratio: number) => number;
  readonly ticks: readonly number[];
}

/** Powers of two around all ratios, and 1 among them. */
function scaleFor(ratios: readonly Spread[]): Scale {
  const low = Math.floor(Math.log2(Math.min(0.5, ...ratios.map(({ min }) => min))));
  const high = Math.ceil(Math.log2(Math.max(2, ...ratios.map(({ max }) => max))));
  const x = (ratio: number) => LEFT + (Math.log2(ratio) - low) / (high - low) * (WIDTH - LEFT - RIGHT);
  return { x, ticks: Array.from({ length: high - low + 1 }, (_, index) => 2 ** (low + index)) };
}

/** What was measured here, where there is nothing to compare it with. */
const alone = ({ here: { median }, unit }: Row, y: number, { x }: Scale): string =>
  text(x(1) + 8, y, unit === 'a second' ? `${short(median)} a second` : `${short(median)} ${unit}`, 'plain');

const ratiosOf = (row: Row, peers: readonly PeerName[]): Spread[] =>
  peers.flatMap((peer) => besideOf(row, peer)?.ratio ?? []);

/** One bar, or two that are thinner. */
function bars(row: Row, peers: readonly PeerName[], y: number, scale: Scale): string {
  const ratios = ratiosOf(row, peers);
  const [middle, high] = [y - 4, ratios.length > 1 ? THIN : BAR];
  const drawn = ratios.map((ratio, index) =>
    bar(ratio, middle + (index - (ratios.length - 1) / 2) * (THIN + 1), high, scale));
  return drawn.join('') + text(WIDTH - 16, y, ratios.map(({ median }) => `${short(median)}×`).join('  '), 'end');
}

function bar({ median, min, max }: Spread, middle: number, high: number, { x }: Scale): string {
  const [from, to] = [Math.min(x(1), x(median)), Math.max(x(1), x(median))];
  const kind = median >= 1 ? 'better' : 'worse';
  const size = `x="${at(from)}" y="${at(middle - high / 2)}" width="${at(to - from)}" height="${high}"`;
  return `<rect class="${kind}" ${size} rx="2"/><path class="spread" d="M${at(x(min))} ${at(middle)}H${at(x(max))}"/>`;
}

function grid(x: number, tick: number, bottom: number): string {
  const line = `<path class="${tick === 1 ? 'one' : 'grid'}" d="M${at(x)} ${TOP + 16}V${at(bottom - 8)}"/>`;
  return line + text(x, TOP + 10, `${tick < 1 ? `1/${1 / tick}` : tick}×`, 'tick');
}
