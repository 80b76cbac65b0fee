import type { Part } from './dom.js';
import { focusComposer } from './keys.js';
import type { Page } from './page.js';
import { patch } from './patch.js';
import { grow, Scroll } from './scroll.js';
import { questionDialog, sureDialog, toasts } from './view/dialog.js';
import { me } from './view/me.js';
import { members } from './view/members.js';
import { safety } from './view/safety.js';
import { side } from './view/side.js';
import { talk } from './view/talk.js';
import { bar, spokenState, title, top } from './view/top.js';

/** In a tab that is not seen there are no frames, and still a title. */
const HIDDEN_MS = 250;

/** Of the countdown: shorter than what it counts in. */
const TICK_MS = 250;
const MINUTE_MS = 60_000;

const byId = (id: string): HTMLElement => document.getElementById(id)!;

/** Brings the document to what the model and the page say, at most once a frame. */
export class Drawing {
  readonly #scroll: Scroll;
  #isDue = false;
  /** What was said to be read, so that it is said once. */
  #seen = '';
  /** The room whose members were asked for. */
  #asked = '';

  constructor(private readonly page: Page) {
    this.#scroll = new Scroll(page);
    this.#close('panel', () => page.open(undefined));
    this.#close('sure', () => page.ask(undefined));
    byId('question').addEventListener('cancel', (event) => event.preventDefault());
    byId('question').addEventListener('close', () => this.due());
    window.setInterval(() => page.model.state === 'lost' && this.due(), TICK_MS);
    window.setInterval(() => this.due(), MINUTE_MS);
  }

  due(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    const draw = (): void => {
      this.#isDue = false;
      this.#draw();
    };
    if (document.hidden) window.setTimeout(draw, HIDDEN_MS);
    else requestAnimationFrame(draw);
  }

  #draw(): void {
    const { page } = this;
    const now = Date.now();
    const focused = document.activeElement;
    const { classList } = document.body;
    classList.toggle('over', page.model.state === 'closed' || !['opening', 'open'].includes(page.ui.stream));
    classList.toggle('chosen', page.ui.chosen !== undefined);
    document.title = title(page);
    patch(byId('top'), top(page));
    patch(byId('bar'), bar(page, now));
    patch(byId('status'), spokenState(page));
    patch(byId('side'), side(page, now));
    patch(byId('talk'), talk(page, now));
    patch(byId('toasts'), toasts(page));
    this.#dialog('panel', this.#panel());
    this.#dialog('sure', sureDialog(page));
    this.#dialog('question', questionDialog(page));
    this.#raiseToasts();
    grow(document.getElementById('composer'));
    this.#scroll.settle();
    // What is moved in the document loses the focus.
    if (focused instanceof HTMLElement && document.activeElement === document.body) focused.focus();
    this.#tellSeen();
    this.#askMembers();
  }

  #panel(): Part[] {
    const { panel } = this.page.ui;
    switch (panel?.is) {
      case 'me':
        return me(this.page);
      case 'safety':
        return safety(this.page, panel.name);
      case 'members':
        return members(this.page, panel.room);
      case undefined:
        return [];
    }
  }

  #dialog(id: string, parts: Part[]): void {
    const dialog = byId(id) as HTMLDialogElement;
    patch(dialog, parts);
    if (parts.length > 0 && !dialog.open) dialog.showModal();
    if (parts.length === 0 && dialog.open) dialog.close();
  }

  /** What is not in an open dialog is neither seen well nor heard. */
  #raiseToasts(): void {
    const open = ['question', 'sure', 'panel'].map(byId).find((dialog) => (dialog as HTMLDialogElement).open);
    const parent = open ?? document.body;
    const list = byId('toasts');
    if (list.parentElement !== parent) parent.append(list);
  }

  /** By Escape, by a click beside it, or by its own button: then one goes on writing. */
  #close(id: string, closed: () => void): void {
    const dialog = byId(id) as HTMLDialogElement;
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
    dialog.addEventListener('close', () => {
      closed();
      if (!document.querySelector('dialog[open]')) focusComposer();
    });
  }

  /** A conversation that is in front, to its end, has been looked at. */
  #tellSeen(): void {
    const { page } = this;
    const { chosen } = page;
    if (!chosen || chosen.unread === 0 || document.hidden || !page.ui.atEnd || page.ui.stream !== 'open') {
      this.#seen = '';
      return;
    }
    const seen = `${chosen.kind} ${chosen.name} ${chosen.unread} ${chosen.dropped + chosen.items.length}`;
    if (seen !== this.#seen) page.seen(chosen);
    this.#seen = seen;
  }

  /** Who is in a room, and how far they are believed, comes only when it is asked for. */
  #askMembers(): void {
    const { chosen, online } = this.page;
    const outdated = online && chosen?.kind === 'room' && chosen.phase === 'in' && chosen.outdated ? chosen.name : '';
    if (outdated !== '' && outdated !== this.#asked) this.page.do({ do: 'members', room: outdated });
    this.#asked = outdated;
  }
}
