import { readdir, readFile } from 'node:fs/promises';

/* What Linux says of another process (proc(5)). Elsewhere nothing is known: NaN. */

/** Milliseconds of processor time in all threads. */
export async function processorTime(pid: number): Promise<number> {
  if (process.platform !== 'linux') return NaN;
  const tasks = `/proc/${pid}/task`;
  const threads = await Promise.all((await readdir(tasks)).map((task) => timeOf(`${tasks}/${task}/schedstat`)));
  const known = threads.flatMap((time) => time ?? []);
  return known.length > 0 ? known.reduce((sum, each) => sum + each, 0) : roughTime(pid);
}

const NS_PER_MS = 1e6;

/** The first number is the time on a processor, in ns. Undefined where the kernel does not count it, or it ended. */
const timeOf = (file: string): Promise<number | undefined> =>
  readFile(file, 'latin1').then((text) => Number.parseInt(text, 10) / NS_PER_MS, () => undefined);

/** Every kernel counts it in hundredths of a second. */
const TICK_MS = 10;

/** Fields 14 and 15, of which the program itself and the system for it; a name in brackets is the second one. */
export async function roughTime(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
  const [user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number);
  return (user! + system!) * TICK_MS;
}

/** Bytes of resident memory. */
export async function residentMemory(pid: number): Promise<number> {
  if (process.platform !== 'linux') return NaN;
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'latin1'))?.[1];
  return Number(kib) * 1024;
}
