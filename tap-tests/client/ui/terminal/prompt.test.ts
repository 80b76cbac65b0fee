import t from 'tap';
import { Desk } from '../../../../client/ui/terminal/desk.js';
import { palette } from '../../../../client/ui/terminal/palette.js';
import { prompt } from '../../../../client/ui/terminal/prompt.js';
import { chatWith, joined, leftBy, NUMBER, outOf, ready, saidIn } from '../../../support/fake-engine.js';

t.test('the prompt says where a line goes', async (t) => {
  const desk = new Desk(false);
  const is = (expected: string) => t.equal(prompt(desk, palette(false)), expected);
  is('[CONNECTING]-> ');
  desk.take(ready, false);
  is('[SERVER-COMMAND]-> ');
  desk.take(chatWith('bob'), false);
  is('[CHAT bob]-> ');
  desk.take(chatWith('user3'), false);
  desk.take({ event: 'message', with: 'user3', text: 'a', sent: 1 }, false);
  desk.take({ event: 'message', with: 'user3', text: 'b', sent: 1 }, false);
  desk.take({ event: 'message', with: 'bob', text: 'seen', sent: 1 }, false);
  desk.take({ event: 'request', with: 'dan' }, false);
  is('[CHAT bob +2 ?1]-> ');
  desk.bring({ with: 'user3' });
  is('[CHAT user3 ?1]-> ');
  desk.take(leftBy('user3'), true);
  is('[CHAT user3 ENDED ?1]-> ');
  desk.back();
  desk.take({ event: 'lost', text: '', retry: 1 }, false);
  is('[OFFLINE]-> ');
  desk.question = { with: 'bob', number: NUMBER };
  is('[COMPARED WITH bob? yes/no]-> ');
});

t.test('a room in front', async (t) => {
  const desk = new Desk(false);
  const is = (expected: string) => t.equal(prompt(desk, palette(false)), expected);
  desk.take(ready, false);
  desk.take(chatWith('bob'), false);
  desk.take(joined('kitchen'), false);
  desk.take(saidIn('kitchen', 'bob', 'a'), false);
  is('[CHAT bob +1]-> ');
  desk.bring({ room: 'kitchen' });
  is('[kitchen]-> ');
  desk.take({ event: 'message', with: 'bob', text: 'a', sent: 1 }, false);
  desk.take(saidIn('kitchen', 'bob', 'seen'), false);
  is('[kitchen +1]-> ');
  desk.take(outOf('kitchen', { reason: 'removed', by: 'bob' }), true);
  is('[kitchen LEFT +1]-> ');
  for (const room of ['SERVER-COMMAND', 'server-command', 'OFFLINE', 'CONNECTING']) {
    desk.take(joined(room), false);
    desk.bring({ room });
    is(`[#${room} +1]-> `);
  }
});

t.test('colours only where they are wanted', async (t) => {
  const desk = new Desk(false);
  t.notMatch(prompt(desk, palette(false)), /\x1b/);
  t.match(prompt(desk, palette(true)), /\x1b\[31m\[CONNECTING\x1b\[0m/);
});
