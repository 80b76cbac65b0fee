import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { palette } from '../../../../client/ui/terminal/palette.js';
import { line } from '../../../../client/ui/terminal/row.js';
import { LineScreen, PlainScreen } from '../../../../client/ui/terminal/screen.js';
import { VirtualTerminal } from '../../../support/virtual-terminal.js';

const COLUMNS = 40;

function screenOf(t: Pick<typeof import('tap').t, 'teardown'>, rows = 24) {
  const output = new VirtualTerminal(COLUMNS, rows);
  const rl = createInterface({ input: new PassThrough(), output, terminal: true });
  t.teardown(() => rl.close());
  const state = { prompt: '[CHAT bob]-> ' };
  const screen = new LineScreen(rl, output, palette(false), () => state.prompt);
  screen.draw();
  return { output, rl, screen, state };
}

t.test('what is printed never tears the line being typed, however long it is and wherever its cursor', async (t) => {
  for (let length = 0; length < 3 * COLUMNS; length++) {
    const typed = 'abcdefghij'.repeat(12).slice(0, length);
    for (const back of [0, Math.min(1, length), Math.floor(length / 2), length]) {
      const { output, rl, screen } = screenOf(t, 10);
      for (const key of typed) rl.write(key);
      for (let at = 0; at < back; at++) rl.write(null, { name: 'left' });
      for (let count = 0; count < 3; count++) screen.print([line(`printed ${count}`)]);
      const whole = `[CHAT bob]-> ${typed}`;
      const expected = ['printed 0', 'printed 1', 'printed 2'];
      for (let at = 0; at === 0 || at < whole.length; at += COLUMNS) expected.push(whole.slice(at, at + COLUMNS).trimEnd());
      const cursor = whole.length - back;
      const place = { row: 3 + Math.floor(cursor / COLUMNS), column: cursor % COLUMNS };
      if (JSON.stringify([output.text, output.cursor]) !== JSON.stringify([expected, place])) {
        t.same([output.text, output.cursor], [expected, place], `${length} typed, ${back} back`);
      }
      rl.close();
    }
  }
  t.pass('all lengths');
});

t.test('a prompt that grows and shrinks over the end of a row', async (t) => {
  const { output, rl, screen, state } = screenOf(t);
  rl.write('x'.repeat(26));
  for (const mark of ['', ' +1', ' +22', '', ' ?1', ' +100 ?20', '']) {
    state.prompt = `[CHAT bob${mark}]-> `;
    screen.refresh();
    const whole = `${state.prompt}${'x'.repeat(26)}`;
    t.same(output.text, [whole.slice(0, COLUMNS), whole.slice(COLUMNS)].filter((row) => row !== '').map((row) => row.trimEnd()));
  }
  screen.print([line('printed')]);
  t.equal(output.text[0], 'printed');
  t.equal(output.text.length, 2);
});

t.test('a line that was entered is taken back whole', async (t) => {
  const { output, rl, screen } = screenOf(t);
  const typed = 'z'.repeat(90);
  rl.on('line', () => {
    screen.entered(2);
    screen.takeBack();
    screen.print([line('instead')]);
    screen.draw();
  });
  rl.write(typed);
  rl.write(null, { name: 'return' });
  t.same(output.text, ['instead', '[CHAT bob]->']);
});

t.test('closing takes the prompt away', async (t) => {
  const { output, rl, screen } = screenOf(t);
  screen.print([line('last')]);
  rl.write('y'.repeat(60));
  screen.close();
  t.same(output.text, ['last']);
});

t.test('without a terminal rows are lines', async (t) => {
  const output = new PassThrough();
  const screen = new PlainScreen(output, palette(false));
  screen.print([line('a word '.repeat(50).trim()), line('two\nlines')]);
  t.same(String(output.read()).split('\n').length, 4);
});
