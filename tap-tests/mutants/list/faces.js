import { sabotage } from '../mutant.js';
const SHOW = 'client/ui/terminal/show.test.ts';
const TERMINAL = 'client/ui/terminal/index.test.ts';
/** The faces of the client: what others say does no harm, and what one says goes where one thinks. */
export const faces = [
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
    ...sabotage('client/ui/json-lines/read-command.ts', 'client/ui/json-lines/read-command.test.ts', [
        ['what every object has is a command in JSON', "!Object.hasOwn(fields, name)", '!(name in fields)'],
        ['an id of any length', 'value.length > ID_MAX', 'false'],
        ['a field of any type', "if (typeof value !== 'string') throw", 'if (value === undefined) throw'],
    ]),
];
