/**
 * What a part of the page is to look like, as plain data: a view makes it, patch.ts brings the document there. Text is
 * text: there is no way from here to markup.
 */
export interface Element_ {
  readonly tag: string;
  readonly props: Props;
  readonly children: readonly Part[] | (() => readonly Part[]);
}

export interface Props {
  /** Tells it from its siblings, so that it stays the same element where others come and go. */
  readonly key?: string;
  /** All that its looks depend on: as long as these are the same, it is not even made anew. */
  readonly memo?: readonly unknown[];
  readonly class?: string | undefined;
  /** An attribute; `undefined` and false: there is none. What begins with `on` is a handler. */
  readonly [name: string]: unknown;
}

export type Part = Element_ | string;
type Given = Part | false | undefined | readonly Given[];

export function h(tag: string, props: Props = {}, ...children: readonly Given[]): Element_ {
  return { tag, props, children: flat(children) };
}

/** One that is made only where its `memo` has changed. */
export function lazy(
  tag: string,
  props: Props & { readonly key: string; readonly memo: readonly unknown[] },
  children: () => readonly Given[],
): Element_ {
  return { tag, props, children: () => flat(children()) };
}

/** A name, or another word from elsewhere, kept apart from the direction of the text around it. */
export const bdi = (text: string): Element_ => h('bdi', {}, text);

/** Words with a name in them. */
export const sentence = (before: string, name: string, after: string): Part[] => [before, bdi(name), after];

/** For those who hear the page. */
export const spoken = (text: string): Element_ => h('span', { class: 'spoken' }, text);

/** For those who see it: what it says is said in words beside it. */
export const glyph = (sign: string): Element_ => h('span', { 'class': 'glyph', 'aria-hidden': 'true' }, sign);

export function button(label: string, onclick: () => void, props: Props = {}): Element_ {
  return h('button', { type: 'button', onclick, ...props }, label);
}

function flat(children: readonly Given[]): Part[] {
  const parts: Part[] = [];
  for (const child of children) {
    if (Array.isArray(child)) parts.push(...flat(child));
    else if (child !== undefined && child !== false) parts.push(child as Part);
  }
  return parts;
}
