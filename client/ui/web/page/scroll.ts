import { numberOf } from './numbers.js';
import type { Page } from './page.js';

/** So near to the end counts as there. */
const NEAR_PX = 24;

/** Keeps the end of the conversation in view, unless one has scrolled up to read. */
export class Scroll {
  #log: HTMLElement | undefined;

  constructor(private readonly page: Page) {}

  /** To be called after each drawing. */
  settle(): void {
    const { page } = this;
    const log = document.getElementById('log') ?? undefined;
    if (log !== this.#log) this.#watch(log);
    const { chosen, ui } = page;
    if (!ui.atEnd) return;
    if (log) log.scrollTop = log.scrollHeight;
    const last = chosen?.items.at(-1);
    ui.readTo = last ? numberOf(last) : 0;
  }

  #watch(log: HTMLElement | undefined): void {
    this.#log = log;
    if (!log) return;
    log.addEventListener('scroll', () => this.#scrolled(log), { passive: true });
    // A field that grows, a window that shrinks: the end stays the end.
    new ResizeObserver(() => {
      if (this.page.ui.atEnd) log.scrollTop = log.scrollHeight;
    }).observe(log);
  }

  #scrolled(log: HTMLElement): void {
    if (log !== this.#log) return;
    const atEnd = log.scrollHeight - log.clientHeight - log.scrollTop <= NEAR_PX;
    if (atEnd === this.page.ui.atEnd) return;
    this.page.ui.atEnd = atEnd;
    this.page.redraw();
  }
}

/** As high as what is written in it; style.css says how high at most. */
export function grow(field: HTMLElement | null): void {
  if (!field) return;
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
}
