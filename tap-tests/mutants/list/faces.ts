import { type Mutant, sabotage } from '../mutant.js';

const SHOW = 'client/ui/terminal/show.test.ts';
const TERMINAL = 'client/ui/terminal/index.test.ts';
const ROOMS = 'client/ui/terminal/rooms.test.ts';
const DESK = 'client/ui/terminal/desk.test.ts';

/** The faces of the client: what others say does no harm, and what one says goes where one thinks. */
export const faces: readonly Mutant[] = [
  ...sabotage('client/ui/terminal/row.ts', SHOW, [
    ['texts of others reach the terminal as they are', 'harmless(text, { multiline: true })', 'text'],
    ['heads of rows reach the terminal as they are', 'const safeHead = harmless(head);', 'const safeHead = head;'],
    ['a text of others begins a row', "(at < from ? '' : paint('quiet', indent))", "(at < from ? '' : '')"],
  ]),
  ...sabotage('client/ui/terminal/show-trust.ts', SHOW, [
    ['first use looks like a known key', '`FIRST USE, NOT VERIFIED: nobody vouches that this key is ${name}\'s. `',
      '`KNOWN: ${name}. `'],
    ['a key that was never compared is shown as compared', "const tail = compared ? ',", "const tail = true ? ',"],
    ['a changed key is no alarm', "'alarm')", "'plain')"],
  ]),
  ...sabotage('client/ui/terminal/paste.ts', 'client/ui/terminal/paste.test.ts', [
    ['control characters of a paste act on the terminal', "    .replace(/(?![\\n\\t])\\p{Cc}/gu, '')\n", ''],
    ['a pasted line is entered', "    .replaceAll('\\n', BREAK);", ';'],
  ]),
  ...sabotage('client/ui/terminal/keyboard.ts', 'client/ui/terminal/paste.test.ts', [
    ['control characters that are no key are shown', 'key.name === undefined && NO_KEY.test(text ?? \'\')', 'false'],
  ]),
  ...sabotage('client/ui/terminal/actions.ts', TERMINAL, [
    ['anything is a yes', "if (typed.trim().toLowerCase() === 'yes')", 'if (true)'],
    ['nothing is a yes too', "if (typed.trim().toLowerCase() === 'yes')",
      "if ('yes'.startsWith(typed.trim().toLowerCase()))"],
    ['a text goes out where its chat has ended', "if (front.at !== 'chat') {",
      "if (front.at === 'server' || front.at === 'calling') {"],
    ['another number is approved than the one shown', 'desk.question = { with: changed, number: numbers.new };',
      'desk.question = { with: changed, number: numbers.old };'],
  ]),
  ...sabotage('client/ui/terminal/actions.ts', ROOMS, [
    ['Ctrl-D leaves a room for good', 'if (room === undefined) return this.#leave();',
      'if (true) return this.#leave();'],
    ['what is typed behind /leave is said in the room', "      if ('room' in place) desk.leaving(place);\n", ''],
  ]),
  ...sabotage('client/ui/terminal/place.ts', ROOMS, [
    ['a room is the user of the same name', '`#${room}`', 'room'],
    ['with a # it may be a user too', "if (!name.startsWith('#')) return places.get(name);",
      "if (places.has(name.replace('#', ''))) return places.get(name.replace('#', ''));"],
  ]),
  ...sabotage('client/ui/terminal/room-actions.ts', ROOMS, [
    ['the first room is taken where several can be meant', 'open.length === 1 ? open[0] : undefined', 'open[0]'],
    ['whoever knocks is removed', "does === 'invite' ? desk.rooms.knocking(room) : []", 'desk.rooms.knocking(room)'],
  ]),
  ...sabotage('client/ui/terminal/desk.ts', DESK, [
    ['a room comes to the front that nobody asked for', 'this.rooms.wanted.delete(event.room) && !typing', '!typing'],
    ['a room that refused comes to the front later', '        this.rooms.wanted.delete(event.room);\n', ''],
  ]),
  ...sabotage('client/ui/terminal/foreground.ts', DESK, [
    ['a line begun for a place that ends is for the server', 'const stays = !asked && (typing || this.script);',
      'const stays = !asked && this.script;'],
    ['a place takes the front from another', "if (again || ((at === 'server' || at === 'ended') && mayCome))",
      'if (again || mayCome)'],
  ]),
  ...sabotage('client/ui/terminal/prompt.ts', 'client/ui/terminal/prompt.test.ts', [
    ['a room can look like the server prompt', 'roomKey(place.room) : place.room;', 'place.room : place.room;'],
  ]),
  ...sabotage('client/ui/terminal/script.ts', 'client/ui/terminal/script.test.ts', [
    ['what is done in a room does not wait for it', "('room' in front || !isCommand)", '!isCommand'],
  ]),
  ...sabotage('client/ui/terminal/texts.ts', 'client/ui/terminal/texts.test.ts', [
    ['what is known not to have arrived is waited for', "'discarded', 'undelivered', 'error'", "'discarded', 'error'"],
  ]),
  ...sabotage('client/ui/terminal/show-left-room.ts', 'client/ui/terminal/show-room.test.ts', [
    ['texts that were not sent to a room are lost silently', '...texts(`Not sent to ${room}:`, unsent, tint, textOf),',
      ''],
  ]),
  ...sabotage('client/ui/json-lines/read-command.ts', 'client/ui/json-lines/read-command.test.ts', [
    ['what every object has is a command in JSON', '!names.includes(name)',
      '!(name in fields || name in roomFields)'],
    ['words for a room and a user go to the room', "if (given.has('with') && given.has('room')) throw",
      'if (false) throw'],
    ['an id of any length', 'value.length > ID_MAX', 'false'],
    ['a field of any type', "if (typeof value !== 'string') throw", 'if (value === undefined) throw'],
  ]),
];
