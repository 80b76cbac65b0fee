import type { ChatCommand, Command } from '../../../engine/protocol.js';
import type { RoomCommand } from '../../../engine/room-protocol.js';
import { chatWith, theChat, theRoom, toTheFront } from './conversations.js';
import { addText } from './items.js';
import type { Conversation, Model } from './model.js';
import { isName } from './names.js';

type ChatDo = ChatCommand['do'];
type OfChat<D extends ChatDo> = ChatCommand & { readonly do: D };
type RoomDo = RoomCommand['do'];
type OfRoom<D extends RoomDo> = RoomCommand & { readonly do: D };

type Saying = Pick<OfChat<'say'>, 'text' | 'id'>;
type Handler<C extends Command> = ((model: Model, command: C, time: number) => void) | 'nothing';

/** What a command changes before there is an answer. One that is not here does not compile. */
const ofChats: { readonly [D in ChatDo]: Handler<OfChat<D>> } = {
  chat: (model, { with: name }) => {
    const chat = theChat(model, name);
    toTheFront(model, chat);
    if (model.state !== 'online' || name === model.user) return;
    if (chat.phase === 'idle' || chat.phase === 'offered') chat.phase = 'calling';
  },

  accept: (model, { with: name }) => {
    const chat = chatWith(model, name);
    if (chat?.phase === 'request') chat.phase = 'agreeing';
  },

  refuse: (model, { with: name }) => {
    const chat = chatWith(model, name);
    if (chat?.phase === 'request') chat.phase = 'idle';
  },

  sign: (model, { with: name }) => {
    const chat = chatWith(model, name);
    if (chat?.phase === 'open' && chat.signing === 'no') chat.signing = 'proposed';
  },

  decline: (model, { with: name }) => {
    const chat = chatWith(model, name);
    if (chat?.signing === 'request') chat.signing = 'no';
  },

  say: (model, command, time) => said(model, theChat(model, command.with), command, time),

  // What is known of the key is shown there.
  certificate: (model, { with: name }) => void theChat(model, name),
  verify: (model, { with: name }) => void theChat(model, name),

  cancel: 'nothing',
  leave: 'nothing',
  compared: 'nothing',
  trust: 'nothing',
  list: 'nothing',
  exit: 'nothing',
};

const ofRooms: { readonly [D in RoomDo]: Handler<OfRoom<D>> } = {
  join: (model, { room }) => toTheFront(model, theRoom(model, room)),

  say: (model, command, time) => said(model, theRoom(model, command.room), command, time),

  leave: 'nothing',
  members: 'nothing',
  invite: 'nothing',
  remove: 'nothing',
  admin: 'nothing',
};

export function applyDid(model: Model, command: Command, time: number): void {
  if ('room' in command) {
    if (isName(command.room)) didInRoom(model, command, time);
  } else if (!('with' in command) || isName(command.with)) {
    didInChat(model, command, time);
  }
}

function didInRoom<D extends RoomDo>(model: Model, command: OfRoom<D>, time: number): void {
  const handler = ofRooms[command.do as D];
  if (handler !== 'nothing') handler(model, command, time);
}

function didInChat<D extends ChatDo>(model: Model, command: OfChat<D>, time: number): void {
  const handler = ofChats[command.do as D];
  if (handler !== 'nothing') handler(model, command, time);
}

function said(model: Model, conversation: Conversation, { text, id }: Saying, time: number): void {
  addText(model, conversation, { id, mine: true, from: model.user, text, time, mark: 'waiting' });
}
