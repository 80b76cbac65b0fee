import type { TlsOptions } from '../tls-relay-process.js';
import type { Broker } from './kinds.js';

export type BrokerFiles = Omit<TlsOptions, 'gathers'>;

/** What a broker is told in its file: TLS with certificates on both sides, nothing kept, nobody cut off. */
type Configuration = (port: number, files: BrokerFiles) => readonly string[];

const nats: Configuration = (port, { certificate, key, authority }) => [
  `listen: "127.0.0.1:${port}"`,
  'tls {',
  `  cert_file: ${JSON.stringify(certificate)}`,
  `  key_file: ${JSON.stringify(key)}`,
  `  ca_file: ${JSON.stringify(authority)}`,
  '  verify: true',
  '  timeout: 60',
  '}',
  'max_connections: 1000000',
  // Whoever is slow is waited for, as by the others.
  'max_pending: 1GB',
  'write_deadline: "60s"',
  // Who says nothing is left alone.
  'ping_interval: "1h"',
];

const mosquitto: Configuration = (port, { certificate, key, authority }) => [
  // Else it would give up being root before it reads the key.
  ...(process.getuid?.() === 0 ? ['user root'] : []),
  `listener ${port} 127.0.0.1`,
  `certfile ${certificate}`,
  `keyfile ${key}`,
  `cafile ${authority}`,
  'require_certificate true',
  'tls_version tlsv1.3',
  'allow_anonymous true',
  'persistence false',
  'set_tcp_nodelay true',
  // 0 is without a limit.
  'max_queued_messages 0',
  'max_inflight_messages 0',
  'log_type error',
];

export const configurations: Readonly<Record<Broker, Configuration>> = { nats, mosquitto };

/** What its program is started with. */
export const startArguments = (file: string): readonly string[] => ['-c', file];
