/** What this relay is put beside, where it is installed; in the order in which they are shown. */
export const brokers = ['nats', 'mosquitto'] as const;
export type Broker = (typeof brokers)[number];

/** What tells of a program which one it is. */
interface Kind {
  readonly program: string;
  /** What it is asked for its version, and where that stands in the answer. */
  readonly ask: string;
  readonly version: RegExp;
}

export const kinds: Readonly<Record<Broker, Kind>> = {
  nats: { program: 'nats-server', ask: '--version', version: /v(\d+(?:\.\d+)+\S*)/ },
  mosquitto: { program: 'mosquitto', ask: '-h', version: /version (\d+(?:\.\d+)+\S*)/ },
};
