import type { Report } from './bench.js';
import { judge, type Judged } from './goals.js';
import { notes } from './notes.js';
import { cells, heading, what } from './table.js';
import { besideBrokers, besideTls, columnsOf, groupsOf, type View } from './views.js';

const OPEN = '<!-- kept -->';
const CLOSE = '<!-- /kept -->';

/** What people write: it stays when the page is made anew. */
const NOTHING_YET = '\n## What helped\n\n## What did not help\n';

/** A file, as it is reached from the page. */
export interface Picture {
  readonly title: string;
  readonly file: string;
}

/**
 * The whole result as a page of Markdown.
 * @param former the page that is there; empty where there is none
 */
export function page(report: Report, former: string, pictures: readonly Picture[]): string {
  return [
    '# Performance', '',
    'This page was written by `npm run bench -- --markdown`: every number is from one run, but for what stands between',
    'the marks `kept`. No test depends on a time.', '',
    '## What is measured, and how', '',
    ...heading(report).slice(1).map((line) => `- ${line}`),
    '- Each measurement has servers of its own, which were just started; every other round goes backwards. The ratios',
    '  are taken round by round, so that what changes on the machine meanwhile changes both sides.',
    '',
    ...notes(report).flatMap((paragraph) => [...paragraph, '']),
    '## Goals', '',
    ...tableOf(['goal', 'came out', 'met'], judge(report).map(judged)),
    '',
    ...pictures.flatMap(({ title, file }) => [`![${title}](${file})`, '']),
    `${OPEN}${keptIn(former)}${CLOSE}`, '',
    '## All numbers', '',
    ...groups(report), '',
  ].join('\n');
}

const judged = ({ goal, result, met }: Judged): string[] => [goal, result, met ? 'yes' : '**no**'];

/** Beside TLS, and those that brokers have, beside them too. */
function groups(report: Report): string[] {
  const brokers = besideBrokers(report);
  return groupsOf(report.rows).flatMap(({ group }) => [
    `### ${group}`, '',
    ...[besideTls(report), brokers].flatMap((view) => (view ? ofGroup(view, group) : [])),
  ]).slice(0, -1);
}

function ofGroup({ peers, rows }: View, name: string): string[] {
  const own = rows.filter(({ group }) => group === name);
  if (own.length === 0) return [];
  return [...tableOf(['', ...columnsOf(peers)], own.map((row) => [what(row), ...cells(row, peers)])), ''];
}

const tableOf = (head: readonly string[], lines: readonly (readonly string[])[]): string[] =>
  [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);

/** With everything between the first mark and the last one; the usual headings where there are none. */
function keptIn(former: string): string {
  const [from, to] = [former.indexOf(OPEN), former.lastIndexOf(CLOSE)];
  return from < 0 || to < from ? NOTHING_YET : former.slice(from + OPEN.length, to);
}
