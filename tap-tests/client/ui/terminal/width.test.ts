import t from 'tap';
import { widthOf, wrap } from '../../../../client/ui/terminal/width.js';

t.test('columns', async (t) => {
  t.equal(widthOf('alice'), 5);
  t.equal(widthOf('日本'), 4);
  t.equal(widthOf('e\u0301'), 1);
  t.equal(widthOf('👍'), 2);
  t.equal(widthOf('❤\ufe0f'), 2);
  t.equal(widthOf('Ünïcode…'), 8);
});

t.test('rows are broken at spaces, and nothing is lost', async (t) => {
  t.same(wrap('short', 10, 10), ['short']);
  t.same(wrap('one two three', 8, 8), ['one two', 'three']);
  t.same(wrap('one two three', 7, 8), ['one two', 'three']);
  t.same(wrap('onetwothree', 4, 5), ['onet', 'wothr', 'ee']);
  t.same(wrap('日本語日本語', 5, 4), ['日本', '語日', '本語']);
  t.same(wrap('', 5, 5), ['']);
  t.same(wrap('     onetwothree', 8, 8), ['     one', 'twothree'], 'spaces at the start are no place to break');
  const text = 'a bb ccc dddd eeeee ffffff ggggggg  hhhhhhhh iiiiiiiii   jj';
  for (let columns = 1; columns < 70; columns++) {
    const rows = wrap(text, columns, columns);
    t.ok(rows.every((row) => widthOf(row) <= columns), `${columns} columns`);
    t.equal(rows.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
  }
});
