import { test } from 'tap';
import { type CellType, cellTypes, isRefusalCell, isZero, readCell, writeCell } from '../../../common/wire/cell.js';
import { CELL, CELL_BODY_MAX } from '../../../common/wire/limits.js';

const all = Object.keys(cellTypes) as CellType[];
const changed = (cell: Buffer, at: number, value: number) => {
  const copy = Buffer.from(cell);
  copy.writeUInt8(value, at);
  return copy;
};

test('every type with bodies of every kind of length', async (t) => {
  for (const type of all) {
    for (const length of [0, 1, 2, 255, 256, CELL_BODY_MAX - 1, CELL_BODY_MAX]) {
      const body = Buffer.alloc(length, 0xa5);
      const cell = writeCell(type, body);
      t.equal(cell.length, CELL);
      t.same(readCell(cell, all), { type, body });
      t.equal(isRefusalCell(cell), type === 'refusal');
    }
  }
  t.same(writeCell('M1', Buffer.from([9])).subarray(0, 10), Buffer.from('4d534741020100010900', 'hex'));
  t.throws(() => writeCell('M2', Buffer.alloc(CELL_BODY_MAX + 1)), { code: 'malformed' });
});

test('the checks, in the order of the specification', async (t) => {
  const cell = writeCell('M1', Buffer.from('body'));
  const all4 = ['wrong-version', 'wrong-version', 'out-of-turn', 'malformed', 'malformed'] as const;
  const faults: [number, number][] = [[3, 0], [4, 1], [5, 2], [6, 0x0f], [4095, 1]];
  for (const [from, code] of all4.entries()) {
    const wrong = faults.slice(from).reduce((copy, [at, value]) => changed(copy, at, value), cell);
    t.throws(() => readCell(wrong, ['M1']), { name: 'WireError', code }, `${faults.length - from} faults at once`);
  }
  t.throws(() => readCell(changed(cell, 4, 3), ['M1']), { message: /speaks version 3/ });
});

test('types that are not allowed here, or nowhere', async (t) => {
  for (let type = 0; type < 256; type++) {
    const cell = changed(writeCell('M1', Buffer.alloc(0)), 5, type);
    if (type === 1) t.doesNotThrow(() => readCell(cell, ['M1']));
    else t.throws(() => readCell(cell, ['M1']), { code: 'out-of-turn' });
  }
  t.throws(() => readCell(writeCell('M3', Buffer.alloc(0)), ['M2', 'refusal']), { message: /type 3 instead of M2 or refusal/ });
});

test('lengths that lie', async (t) => {
  const cell = writeCell('M1', Buffer.alloc(4, 1));
  for (const length of [CELL_BODY_MAX + 1, 0x8000, 0xffff]) {
    const copy = Buffer.from(cell);
    copy.writeUInt16BE(length, 6);
    t.throws(() => readCell(copy, ['M1']), { code: 'malformed', message: new RegExp(`${length} bytes`) });
  }
  for (const length of [0, 3]) t.throws(() => readCell(changed(cell, 7, length), ['M1']), { message: /padding is not zero/ });
  t.equal(readCell(changed(cell, 7, 5), ['M1']).body.length, 5, 'a zero more is for the body to judge');
});

test('no byte of the padding may differ', async (t) => {
  const cell = writeCell('M3', Buffer.from('x'));
  for (let at = 9; at < CELL; at++) {
    if (readsAs(changed(cell, at, 0x80))) t.fail(`byte ${at}`);
  }
  t.ok(readsAs(cell));
});

function readsAs(cell: Buffer): boolean {
  try {
    return readCell(cell, ['M3']).type === 'M3';
  } catch {
    return false;
  }
}

test('a refusal is known by six bytes', async (t) => {
  const cell = writeCell('refusal', Buffer.from([0, 5]));
  for (let at = 0; at < 6; at++) t.notOk(isRefusalCell(changed(cell, at, 0x7f)), `byte ${at}`);
  t.ok(isRefusalCell(changed(cell, 6, 0x7f)), 'what is behind them is read later');
  const record = Buffer.alloc(CELL);
  record.write('MSGA');
  t.notOk(isRefusalCell(record), 'a record of the user MSGA');
});

test('zeros', async (t) => {
  t.ok(isZero(Buffer.alloc(0)));
  t.ok(isZero(Buffer.alloc(65_536)));
  t.notOk(isZero(changed(Buffer.alloc(65_536), 65_535, 1)));
});

test('a wrong magic or version alone', async (t) => {
  const cell = writeCell('M1', Buffer.from('body'));
  for (let at = 0; at < 4; at++) {
    t.throws(() => readCell(changed(cell, at, 0x20), ['M1']), { code: 'wrong-version', message: /does not speak this protocol/ }, `byte ${at}`);
  }
  for (const version of [0, 1, 3, 255]) t.throws(() => readCell(changed(cell, 4, version), ['M1']), { code: 'wrong-version' }, `${version}`);
});
