import type { ConversationPorts } from '../../client/engine/conversation/ports.js';

type Telling = Pick<ConversationPorts, 'message' | 'sent' | 'tooLong' | 'notSigned' | 'signing' | 'delivered' | 'unknown'>;

/** Ports that write down what a conversation says of its texts, a line each. */
export const telling = (told: string[]): Telling => ({
  message: (text, _at, signed) => told.push(`${signed ? 'signed ' : ''}text ${text}`),
  sent: (id, signed) => told.push(`${signed ? 'signed ' : ''}sent ${id}`),
  tooLong: (id) => told.push(`too long ${id}`),
  notSigned: (id) => told.push(`not signed ${id}`),
  signing: {
    requested: () => told.push('sign request'),
    refused: () => told.push('sign refused'),
    unanswered: () => told.push('sign unanswered'),
    signed: () => told.push('signed'),
    receipt: (own, other) => told.push(`receipt ${own} ${other}`),
  },
  delivered: (id) => told.push(`delivered ${id}`),
  unknown: (type) => told.push(`unknown ${type}`),
});
