import type { ChatEvent } from '../../../engine/protocol.js';
import type { RoomEvent } from '../../../engine/room-protocol.js';
import type { Model } from './model.js';

export type ChatName = ChatEvent['event'];
export type OfChat<N extends ChatName> = ChatEvent & { readonly event: N };

export type RoomName = RoomEvent['event'];
export type OfRoom<N extends RoomName> = RoomEvent & { readonly event: N };

/** What each event changes; `time` is that of the entry, in ms since 1970. */
export type ChatHandlers<Names extends ChatName> = {
  readonly [N in Names]: (model: Model, event: OfChat<N>, time: number) => void;
};

export type RoomHandlers<Names extends RoomName> = {
  readonly [N in Names]: (model: Model, event: OfRoom<N>, time: number) => void;
};
