import type { Item } from '../model/model.js';

const numbers = new WeakMap<Item, number>();
let last = 0;

/** Tells an item from all others for as long as it is kept, whatever comes or goes before it; later ones have more. */
export function numberOf(item: Item): number {
  const number = numbers.get(item) ?? ++last;
  numbers.set(item, number);
  return number;
}
