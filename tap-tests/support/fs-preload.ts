import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Loaded into a program before it (`--import`, see fs-watch.ts). Every call to the file system goes through here: it is
 * written down (FS_LOG), and a number of those that change something may be the last thing that the program does
 * (FS_KILL): from the n-th on nothing happens any more. With FS_HALF the n-th is still half done, where it writes.
 */
type Call = (...args: unknown[]) => unknown;
type Calls = Record<string, unknown>;

const { FS_LOG, FS_KILL, FS_HALF } = process.env;
const { writeSync } = fs;
const log = FS_LOG === undefined ? undefined : fs.openSync(FS_LOG, 'a');
const last = Number(FS_KILL ?? Infinity);
let changes = 0;

const TWO_PATHS = new Set(['rename', 'link', 'symlink', 'copyFile', 'cp']);
const CHANGES = new Set([
  'write', 'writev', 'writeFile', 'appendFile', 'truncate', 'ftruncate', 'rename', 'link', 'symlink', 'unlink', 'rm',
  'rmdir', 'mkdir', 'mkdtemp', 'chmod', 'fchmod', 'chown', 'copyFile', 'cp', 'sync', 'fsync', 'datasync', 'fdatasync',
  'createWriteStream',
]);
/** With data, behind the path or the descriptor. */
const WRITES = new Set(['write', 'writeFile', 'appendFile']);

function opensToWrite(name: string, flags: unknown): boolean {
  if (name !== 'open') return false;
  const { O_WRONLY, O_RDWR } = fs.constants;
  return typeof flags === 'number' ? (flags & (O_WRONLY | O_RDWR)) !== 0 : /[wa+]/.test(String(flags ?? 'r'));
}

function watched(name: string, original: Call, ofHandle: boolean): Call {
  const plain = name.replace(/Sync$/, '');
  return function watch(this: unknown, ...args: unknown[]) {
    const change = CHANGES.has(plain) || opensToWrite(plain, args[1]);
    const at = !WRITES.has(plain) ? undefined : ofHandle ? 0 : 1;
    const data = at === undefined || args[at] === undefined ? undefined : Buffer.from(args[at] as Buffer);
    if (change && ++changes >= last) return end.call(this, original, args, at, data);
    if (log !== undefined) {
      const paths = ofHandle ? [] : args.slice(0, TWO_PATHS.has(plain) ? 2 : 1).filter(isPath).map(String);
      writeSync(log, `${JSON.stringify({ call: name, change, paths, data: data?.toString('latin1') })}\n`);
    }
    return original.apply(this, args);
  };
}

const isPath = (arg: unknown) => typeof arg === 'string' || arg instanceof URL || Buffer.isBuffer(arg);

/** The power is gone. */
function end(this: unknown, original: Call, args: unknown[], at = -1, data?: Buffer): unknown {
  const die = () => process.kill(process.pid, 'SIGKILL');
  if (FS_HALF === undefined || data === undefined) return die();
  const half = args.map((arg, n) => (n === at ? data.subarray(0, data.length / 2) : arg));
  return Promise.resolve(original.apply(this, half)).then(die);
}

function watchAll(calls: Calls, ofHandle: boolean): void {
  for (const name of Object.getOwnPropertyNames(calls)) {
    const original = calls[name];
    if (!/^[a-z]/.test(name) || name === 'constructor' || typeof original !== 'function') continue;
    calls[name] = Object.assign(watched(name, original as Call, ofHandle), original);
  }
}

const handle = await fs.promises.open(process.execPath);
const handles = Object.getPrototypeOf(handle) as Calls;
await handle.close();
watchAll(handles, true);
watchAll(fs.promises as unknown as Calls, false);
watchAll(fs as unknown as Calls, false);
syncBuiltinESMExports();
