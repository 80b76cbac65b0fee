/** Someone who is logged in. */
export interface Visit {
  /** Says goodbye; resolves when the connection is closed. */
  leave(): Promise<void>;
}

/** A login with the credentials of this index, up to the first word of the server. */
export type LogIn = (index: number) => Promise<Visit>;

/** One end between two members: it makes the messages that it sends, and checks those that come. */
export interface Line extends Visit {
  readonly sent: number;
  readonly received: number;
  /** Told of each message that came, whole and in its turn. */
  heard: () => void;
  send(): void;
}

export type Pair = readonly [Line, Line];

export const leaveAll = (visits: readonly Visit[]) => Promise.all(visits.map((visit) => visit.leave()));
