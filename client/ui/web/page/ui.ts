import type { Key } from '../model/model.js';

/** What is in the dialog beside the conversations. */
export type Panel =
  | { readonly is: 'me' }
  | { readonly is: 'safety'; readonly name: string }
  | { readonly is: 'members'; readonly room: string };

/** Asked before something that cannot be taken back. */
export interface Sure {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly act: () => void;
}

/** A sentence that goes away by itself. */
export interface Toast {
  readonly id: number;
  readonly bad: boolean;
  readonly text: string;
}

/** What only this tab knows: nothing of it is kept when it is closed. */
export interface Ui {
  /** `lost`: the client's process does not answer. */
  stream: 'opening' | 'open' | 'lost' | 'gone' | 'replaced';
  chosen: Key | undefined;
  search: string;
  /** What is written in the field for a new conversation, and what is wrong with it. */
  wanted: string;
  wantedFault: string;
  /** By conversation, see `keyText`. */
  readonly drafts: Map<string, string>;
  /** Own texts that wait together: the number of the first of them, by conversation. */
  readonly bursts: Map<string, number>;
  /** Ids of own texts that were not sent, and have been said again. */
  readonly again: Set<string>;
  /** Knocks and invitations that are not to be shown any more. */
  readonly dismissed: Set<string>;
  panel: Panel | undefined;
  sure: Sure | undefined;
  /** The box under a changed key: whose new number was compared. */
  readonly ticked: Set<string>;
  toasts: Toast[];
  /** The conversation is shown to its end, and stays there. */
  atEnd: boolean;
  /** The number of the last item when it was (numbers.ts). */
  readTo: number;
}

export const emptyUi = (): Ui => ({
  stream: 'opening',
  chosen: undefined,
  search: '',
  wanted: '',
  wantedFault: '',
  drafts: new Map(),
  bursts: new Map(),
  again: new Set(),
  dismissed: new Set(),
  panel: undefined,
  sure: undefined,
  ticked: new Set(),
  toasts: [],
  atEnd: true,
  readTo: 0,
});

export const keyText = ({ kind, name }: Key): string => (kind === 'room' ? `#${name}` : name);
