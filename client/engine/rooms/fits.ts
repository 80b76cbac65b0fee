import { sameBytes } from '../../../common/crypto/node.js';
import type { Start } from '../../../common/wire/room-round.js';
import { mayLead, type Standing } from './candidates.js';
import type { Epoch } from './epoch.js';
import type { Memory } from './ports.js';

const ZEROS = Buffer.alloc(32);

/** An epoch's number, and how far it may be ahead of the last one that one knows. */
const [EPOCH_MAX, EPOCHS_AHEAD] = [2 ** 31, 2 ** 16];

/** Whether a start is one that its sender may make, for this list and behind this epoch (docs/PROTOCOL.md part 10). */
export function fits(
  standing: Standing & { readonly epoch: Epoch | undefined },
  { history, epoch: last }: Pick<Memory, 'history' | 'epoch'>,
  sender: string,
  opening: Start,
): boolean {
  const { members, present, epoch } = standing;
  const { epoch: number, head, before, names } = opening;
  const due = members.map(({ username }) => username).filter((name) => names.includes(name));
  const together = epoch?.names.includes(sender);
  return present.includes(sender) && names.includes(sender) && mayLead(standing, sender)
    && sameBytes(head, history.hash ?? ZEROS)
    && due.length === names.length && due.every((name, at) => name === names[at])
    && number > last && number <= (last === 0 ? EPOCH_MAX : last + EPOCHS_AHEAD)
    && (!together || (sameBytes(before, epoch!.t) && number === epoch!.number + 1));
}
