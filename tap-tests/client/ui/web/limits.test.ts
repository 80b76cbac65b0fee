import { test } from 'tap';
import {
  bytesOf, CHAT_TEXT_MAX, COUNTED_FROM, ROOM_TEXT_MAX, SIGNED_TEXT_MAX,
} from '../../../../client/ui/web/page/limits.js';
import { isName } from '../../../../client/ui/web/model/names.js';
import { CONTENT_MAX } from '../../../../common/wire/end-to-end.js';
import { ROOM_CONTENT_MAX } from '../../../../common/wire/room-record.js';
import * as signed from '../../../../common/wire/signed.js';
import { isUsername } from '../../../../common/wire/username.js';

test('the page, which loads nothing of the engine, has the numbers of the engine', async (t) => {
  t.equal(CHAT_TEXT_MAX, CONTENT_MAX);
  t.equal(SIGNED_TEXT_MAX, signed.SIGNED_TEXT_MAX);
  t.equal(ROOM_TEXT_MAX, ROOM_CONTENT_MAX);
  t.ok(COUNTED_FROM < Math.min(CHAT_TEXT_MAX, SIGNED_TEXT_MAX, ROOM_TEXT_MAX));
  t.equal(bytesOf('a\u00e9\u20ac\u{1f600}\ud83d'), Buffer.byteLength('a\u00e9\u20ac\u{1f600}\ud83d'));
  for (const name of ['', 'a', 'bob', 'B-0', 'x'.repeat(16), 'x'.repeat(17), 'bob\n', 'b b', '\u00e9', '-']) {
    t.equal(isName(name), isUsername(name), name);
  }
});
