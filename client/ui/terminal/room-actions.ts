import { isUsername } from '../../../common/wire/username.js';
import type { RoomCommandName } from './commands.js';
import type { Desk } from './desk.js';
import type { EnginePort } from './io.js';
import type { Replies } from './replies.js';

/** What a person does with rooms: the one in front, one that is named behind the name, or the only one there is. */
export function roomActions(
  desk: Desk, engine: EnginePort, replies: Replies,
): Readonly<Record<RoomCommandName, (argument: string) => void>> {
  /** In which room, of those one is in. */
  function inRoom(named: string | undefined, go: (room: string) => void): void {
    const name = named?.replace(/^#/, '');
    const open = desk.rooms.names;
    const room = name ?? desk.room ?? (open.length === 1 ? open[0] : undefined);
    if (room !== undefined && desk.rooms.open.has(room)) return go(room);
    if (name !== undefined) replies.problem(`You are not in ${name}: /join ${name} enters.`);
    else if (open.length === 0) replies.problem('You are in no room: /join kitchen enters one.');
    else replies.problem(`In which room? ${open.join(', ')}`);
  }

  /** `bob` or `bob kitchen`. */
  function withMember(does: 'invite' | 'remove' | 'admin', argument: string): void {
    const [name = '', named, ...more] = argument.split(/\s+/);
    if (more.length > 0) return replies.problem(`Not done: /${does} takes a name, and a room behind it.`);
    inRoom(named, (room) => {
      const meant = does === 'invite' ? desk.rooms.knocking(room) : [];
      replies.withOne(does, name, meant, (other) => engine.do({ do: does, room, with: other }));
    });
  }

  return {
    join: (argument) => {
      const name = argument.replace(/^#/, '');
      if (name === '') return replies.problem('Which room? For instance: /join kitchen');
      if (!isUsername(name)) {
        return replies.problem('The name of a room has 1 to 16 letters A-Z a-z, digits and hyphens.');
      }
      if (desk.rooms.open.has(name)) {
        desk.bring({ room: name });
        return replies.notice(`You are in ${name}; it is in front now.`);
      }
      desk.expect({ room: name });
      engine.do({ do: 'join', room: name });
    },
    invite: (argument) => withMember('invite', argument),
    remove: (argument) => withMember('remove', argument),
    admin: (argument) => withMember('admin', argument),
    members: (argument) => inRoom(argument === '' ? undefined : argument, (room) => engine.do({ do: 'members', room })),
  };
}
