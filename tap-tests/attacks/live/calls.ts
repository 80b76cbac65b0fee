import { type Introduction, readPubk } from '../../support/attacker/conversation.js';
import { message, type Session } from '../../support/attacker/session.js';

export interface Call {
  /** 8 bytes. */
  readonly conversation: Buffer;
  readonly atCaller: Introduction;
  readonly atReceiver: Introduction;
}

/** A call that is accepted, up to `pubk` on both sides: one message of each, and no exchange between the two. */
export async function callUp(caller: Session, receiver: Session): Promise<Call> {
  caller.say(message('chat', receiver.username));
  await receiver.expect('reqt');
  receiver.say(message('acpt', caller.username));
  const [atCaller, atReceiver] = [readPubk(await caller.expect('pubk')), readPubk(await receiver.expect('pubk'))];
  return { conversation: atCaller.conversation, atCaller, atReceiver };
}
