import { type Mutant, sabotage } from '../mutant.js';

const REQUESTS = 'attacks/F6-requests.test.ts';
const TABS = 'client/ui/web/tabs.test.ts';
const QUESTIONS = 'client/ui/web/questions.test.ts';
const MODEL = 'client/ui/web/model/limits.test.ts';
const CHAT = 'client/ui/web/model/chat.test.ts';
const TRUST = 'client/ui/web/model/trust.test.ts';

/** The page: who comes in, what is taken from it, and what it keeps and believes. */
export const page: readonly Mutant[] = [
  ...sabotage('client/ui/web/gate.ts', REQUESTS, [
    ['an address lets in again and again', '    this.#token = undefined;\n', ''],
    ['any token lets in', '!sameBytes(sha256(token), this.#token)', 'false'],
    ['the beginning of a token lets in', 'sameBytes(sha256(token), this.#token)',
      'sameBytes(sha256(token.slice(0, -1)), this.#token)'],
    ['an address before stays good', '    this.#token = sha256(token);', '    this.#token ??= sha256(token);'],
    ['the cookie goes to other servers of the machine', 'Path=${this.folder}', 'Path=/'],
    ['a script can read the cookie', ' HttpOnly;', ''],
    ['other sites send the cookie along', 'SameSite=Strict', 'SameSite=Lax'],
    ['any cookie is a browser that was let in', 'this.#cookies.find((known) => sameBytes(hash, known))',
      'this.#cookies.find((known) => hash.length === known.length)'],
    ['without a cookie the page is there',
      "?.toString('hex');\n  }\n}", "?.toString('hex') ?? 'anyone';\n  }\n}"],
    ['any name for this machine will do', 'if (headers.host !== `127.0.0.1:${this.port}`) return false;', ''],
    ['what the browser says of where it comes from is not asked',
      "if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;", ''],
    ['another port is the same site', "site !== 'same-origin' &&", "site !== 'same-origin' && site !== 'same-site' &&"],
    ['any page may post', 'return headers.origin === this.origin;\n    return', 'return true;\n    return'],
    ['a post without an origin is taken', "if (method === 'POST') return", 'if (false) return'],
    ['browsers that were let in are never put out', '.slice(-BROWSERS_MAX);', ';'],
  ]),
  ...sabotage('client/ui/web/server.ts', REQUESTS, [
    ['a form can send a command', "request.headers['content-type'] === 'application/json'", 'true'],
    ['a command of any length', 'if (length <= BODY_MAX) parts.push(part);', 'if (true) parts.push(part);'],
    ['scripts in the page may run', "script-src 'self';", "script-src 'self' 'unsafe-inline';"],
    ['text may become markup', "require-trusted-types-for 'script'; ", ''],
    ['the page may be framed', " frame-ancestors 'none';", ''],
    ['what is said to strangers lacks the policy', "{ ...headers, 'content-type': 'text/plain; charset=utf-8' }",
      "{ 'content-type': 'text/plain; charset=utf-8' }"],
    ['any method is a GET', "if (method !== 'GET' && method !== 'POST') return", 'if (false) return'],
  ]),
  ...sabotage('client/ui/web/files.ts', REQUESTS, [
    ["scripts of the client's own process are served", "const folders = ['page/', 'page/view/', 'model/'];",
      "const folders = ['page/', 'page/view/', 'model/', '../web/'];"],
  ]),
  ...sabotage('client/ui/web/tabs.ts', TABS, [
    ['a tab that reads nothing takes all memory',
      'if (tab.writableLength > waitingMax) tab.destroy();\n  else tab.write(text);', 'tab.write(text);'],
    ['a long model cuts the tab that reads it', 'Buffer.byteLength(all) + WAITING_MAX', 'WAITING_MAX'],
    ['tabs without end', 'if (others.length >= TABS_MAX)', 'if (false)', REQUESTS],
    ['the tab that is put out is not told', "end('event: replaced\\ndata:\\n\\n')", 'end()', REQUESTS],
  ]),
  ...sabotage('client/ui/web/questions.ts', QUESTIONS, [
    ['a passphrase is sent as the password', 'this.#asked?.kind !== kind', '!this.#asked'],
    ['an answer is taken twice', '        this.#asked = undefined;\n', ''],
  ]),
  ...sabotage('client/ui/web/model/items.ts', MODEL, [
    ['items without end', 'if (conversation.items.length > ITEMS_MAX) drop(conversation);', ''],
    ['texts without end', 'while (total > SIZE_MAX)', 'while (total < 0)'],
    ['notices without end', 'if (notices.length > NOTICES_MAX) notices.shift();', ''],
    ['sentences of any length', 'text.length <= LINE_MAX ? text', 'text.length > 0 ? text'],
  ]),
  ...sabotage('client/ui/web/model/conversations.ts', MODEL, [
    ['strangers without end', 'if (strangers.length > STRANGERS_MAX)', 'if (false)'],
    ['conversations without end', 'if (model.conversations.length > CONVERSATIONS_MAX)', 'if (false)'],
  ]),
  ...sabotage('client/ui/web/model/apply-room.ts', MODEL, [
    ['knocks without end', 'if (room.knocks.length > KNOCKS_MAX) room.knocks.shift();', ''],
  ]),
  ...sabotage('client/ui/web/model/apply.ts', CHAT, [
    ['what was seen stays unread', 'if (conversation) conversation.unread = 0;', ''],
  ]),
  ...sabotage('client/ui/web/model/apply-trust.ts', TRUST, [
    ['a changed key does not stop the chat on the page', '    chat.changed = { old, new: changed };\n', ''],
    ['a changed key stays compared on the page', "phase: 'idle', compared: false,", "phase: 'idle',"],
  ]),
  ...sabotage('client/ui/web/page/limits.ts', 'client/ui/web/limits.test.ts', [
    ['the page takes longer texts than fit', 'SIGNED_TEXT_MAX = 64_882', 'SIGNED_TEXT_MAX = 64_883'],
  ]),
];
