import type { Command } from '../../../engine/protocol.js';
import type { Key, Question } from '../model/model.js';

/** What the page says to the client's process. */
export interface Messages {
  readonly do: Command;
  readonly seen: Key;
  readonly answer: { readonly kind: Question['kind']; readonly secret: string };
}

/** @returns undefined where it was taken, else a sentence */
export async function post<N extends keyof Messages>(name: N, message: Messages[N]): Promise<string | undefined> {
  try {
    const response = await fetch(name, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
    });
    return response.ok ? undefined : (await response.text()).trim();
  } catch {
    return 'The client did not answer: this was not done.';
  }
}

const tab = [...crypto.getRandomValues(new Uint8Array(4))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
let texts = 0;

/** Of one's own text; no two tabs give the same. */
export const newId = (): string => `${tab}-${++texts}`;
