import type { RoomEvent, RoomMember } from '../../engine/room-protocol.js';
import { aside, notice, type Row } from './row.js';
import { grouped } from './show-server.js';

type Members = RoomEvent & { readonly event: 'members' };

/** Of a fingerprint, to tell members by: what is compared is the safety number. */
const FINGERPRINT_SHOWN = 8;

/** Who is in a room: a row each, at most 78 columns with the longest names. */
export function membersTable(now: Date, { room, epoch, members }: Members, user: string): Row[] {
  const widest = Math.max(0, ...members.map(({ name }) => name.length));
  const how = epoch === 0 ? 'no keys yet' : `epoch ${epoch}`;
  return [
    notice(now, `${members.length === 1 ? 'One member' : `${members.length} members`} of ${room}, ${how}:`, 'strong'),
    ...members.map((member) => aside(
      [
        member.name.padEnd(widest), (member.admin ? 'admin' : '').padEnd(5), member.present ? 'here' : 'away',
        member.secured ? 'secured' : 'no keys', belief(member, user).padEnd(19),
        grouped(member.fingerprint.slice(0, FINGERPRINT_SHOWN)),
      ].join('  '),
      member.trust === 'changed' ? 'bad' : 'plain',
    )),
  ];
}

function belief({ name, trust, compared }: RoomMember, user: string): string {
  if (name === user) return 'you';
  if (trust === 'changed') return 'KEY CHANGED';
  return `${trust === 'first-use' ? 'first use' : trust}${compared ? ', compared' : ''}`;
}
