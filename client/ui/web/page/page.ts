import type { Command, Event } from '../../../engine/protocol.js';
import { apply } from '../model/apply.js';
import type { Entry } from '../model/entry.js';
import { type Conversation, emptyModel, isSame, type Key, type Model, type Question } from '../model/model.js';
import { isName } from '../model/names.js';
import { type Messages, post } from './post.js';
import { emptyUi, type Panel, type Sure, type Ui } from './ui.js';

/** A search on the server waits until nothing was typed for so long. */
const SEARCH_MS = 300;

const TOAST_MS = 8_000;

/** What views show and what their buttons do. */
export class Page {
  model: Model = emptyModel('');
  readonly ui: Ui = emptyUi();
  #searching: number | undefined;
  #toasts = 0;

  /** @param redraw to be called when anything has changed */
  constructor(readonly redraw: () => void) {}

  /** Commands are taken. */
  get online(): boolean {
    return this.ui.stream === 'open' && this.model.state === 'online';
  }

  get chosen(): Conversation | undefined {
    return this.ui.chosen && this.find(this.ui.chosen);
  }

  find(key: Key): Conversation | undefined {
    return this.model.conversations.find((conversation) => isSame(conversation, key));
  }

  do(command: Command): void {
    this.#post('do', command);
  }

  /** There is nothing unread in it. */
  seen({ kind, name }: Key): void {
    this.#post('seen', { kind, name });
  }

  answer(kind: Question['kind'], secret: string): void {
    this.#post('answer', { kind, secret });
  }

  choose(key: Key | undefined): void {
    this.ui.chosen = key && { kind: key.kind, name: key.name };
    this.ui.atEnd = true;
    this.ui.panel = undefined;
    this.redraw();
  }

  /** Goes to a chat, and calls where there is none. */
  call(name: string): void {
    const chat = this.find({ kind: 'chat', name });
    if (!chat || chat.phase === 'idle') this.do({ do: 'chat', with: name });
    this.choose({ kind: 'chat', name });
  }

  join(room: string): void {
    if (this.find({ kind: 'room', name: room })?.phase !== 'in') this.do({ do: 'join', room });
    this.choose({ kind: 'room', name: room });
  }

  open(panel: Panel | undefined): void {
    this.ui.panel = panel;
    if (panel?.is === 'members') this.do({ do: 'members', room: panel.room });
    if (panel?.is === 'safety' && !this.#knowsNumber(panel.name)) this.do({ do: 'certificate', with: panel.name });
    this.redraw();
  }

  ask(sure: Sure | undefined): void {
    this.ui.sure = sure;
    this.redraw();
  }

  search(text: string): void {
    this.ui.search = text;
    clearTimeout(this.#searching);
    if (this.model.more && isName(text)) {
      this.#searching = window.setTimeout(() => this.do({ do: 'list', prefix: text }), SEARCH_MS);
    }
    this.redraw();
  }

  toast(text: string, bad: boolean): void {
    const id = ++this.#toasts;
    this.ui.toasts.push({ id, bad, text });
    window.setTimeout(() => this.untoast(id), TOAST_MS);
    this.redraw();
  }

  untoast(id: number): void {
    this.ui.toasts = this.ui.toasts.filter((toast) => toast.id !== id);
    this.redraw();
  }

  /** All of it, at the beginning and again. */
  took(model: Model): void {
    this.model = model;
    this.ui.stream = 'open';
    // Items are others now, and their numbers too.
    this.ui.atEnd = true;
    this.ui.bursts.clear();
    this.redraw();
  }

  heard(entry: Entry): void {
    const before = this.model.notices.at(-1);
    apply(this.model, entry);
    const notice = this.model.notices.at(-1);
    if (notice && notice !== before) this.toast(notice.text, notice.tone === 'warning' || notice.tone === 'bad');
    if ('event' in entry) this.#heardEvent(entry.event);
    this.redraw();
  }

  #heardEvent(event: Event): void {
    if (event.event === 'trusted') this.ui.ticked.clear();
    // Who has asked for it is told also that there is none.
    if (event.event === 'certificate' && event.subject === undefined && this.ui.panel?.is === 'safety') {
      this.toast(`The server has no certificate of ${event.with}, only the key.`, false);
    }
  }

  #knowsNumber(name: string): boolean {
    const chat = this.find({ kind: 'chat', name });
    return chat?.kind === 'chat' && (chat.safetyNumber !== undefined || chat.changed !== undefined);
  }

  #post<N extends keyof Messages>(name: N, message: Messages[N]): void {
    void post(name, message).then((fault) => {
      if (fault !== undefined) this.toast(fault, true);
    });
  }
}
