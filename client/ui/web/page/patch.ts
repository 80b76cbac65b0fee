import type { Element_, Part, Props } from './dom.js';

/** What was shown last in an element, in the order of its children. */
interface Shown {
  readonly node: Element | Text;
  readonly key: string;
  part: Part;
}

const shownIn = new WeakMap<Element, Shown[]>();

/** Gives `parent` these children, and changes no more than what is different: focus, selection and scroll stay. */
export function patch(parent: Element, parts: readonly Part[]): void {
  const before = new Map((shownIn.get(parent) ?? []).map((shown) => [shown.key, shown]));
  const counts = new Map<string, number>();
  const after = parts.map((part) => {
    const key = keyOf(part, counts);
    const old = before.get(key);
    before.delete(key);
    return old ? updated(old, part) : { node: made(part), key, part };
  });
  for (const { node } of before.values()) node.remove();
  let at = parent.firstChild;
  for (const { node } of after) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
  shownIn.set(parent, after);
}

/** Without a key: the nth of its tag. */
function keyOf(part: Part, counts: Map<string, number>): string {
  if (typeof part !== 'string' && part.props.key !== undefined) return `${part.tag} ${part.props.key}`;
  const tag = typeof part === 'string' ? '#' : part.tag;
  const count = (counts.get(tag) ?? 0) + 1;
  counts.set(tag, count);
  return `${tag}#${count}`;
}

function made(part: Part): Element | Text {
  if (typeof part === 'string') return document.createTextNode(part);
  const element = document.createElement(part.tag);
  setProps(element, {}, part.props);
  patch(element, childrenOf(part));
  return element;
}

function updated(shown: Shown, part: Part): Shown {
  const { node, part: old } = shown;
  shown.part = part;
  if (typeof part === 'string') {
    if (part !== old) (node as Text).data = part;
  } else if (typeof old !== 'string' && !isSameMemo(old.props.memo, part.props.memo)) {
    setProps(node as Element, old.props, part.props);
    patch(node as Element, childrenOf(part));
  }
  return shown;
}

const childrenOf = ({ children }: Element_): readonly Part[] =>
  (typeof children === 'function' ? children() : children);

function isSameMemo(one: Props['memo'], other: Props['memo']): boolean {
  if (!one || !other || one.length !== other.length) return false;
  return one.every((value, at) => value === other[at]);
}

/** These say how a field is now, the attributes of their names only how it began. */
const isOfField = (element: Element, name: string): boolean =>
  (name === 'value' || name === 'checked') && element.matches('input, textarea');

function setProps(element: Element, old: Props, props: Props): void {
  for (const name of new Set([...Object.keys(old), ...Object.keys(props)])) {
    if (name !== 'key' && name !== 'memo') setProp(element, name, old[name], props[name]);
  }
}

function setProp(element: Element, name: string, old: unknown, value: unknown): void {
  if (name.startsWith('on')) {
    if (old !== value) Reflect.set(element, name, value ?? null);
  } else if (isOfField(element, name)) {
    if (Reflect.get(element, name) !== value) Reflect.set(element, name, value);
  } else if (old !== value) {
    if (value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}
