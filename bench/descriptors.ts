import { UsageError } from '../common/errors.js';

/** Of a server or of the load, besides its connections. */
const OTHERS = 100;

/** Throws UsageError 'bad-argument' where this many connections cannot be open in one process. */
export function checkDescriptors(connections: number): void {
  const allowed = openFiles();
  const needed = connections + OTHERS;
  if (allowed === undefined || needed <= allowed) return;
  throw new UsageError(
    'bad-argument',
    `${connections} sessions need ${needed} descriptors, and ${allowed} are allowed: `
      + `run  ulimit -n ${needed}  before, or take smaller --pairs, --storm, --idle and --scale.`,
  );
}

/** What a process may have open; undefined where nothing is known of a limit. */
function openFiles(): number | undefined {
  const { userLimits } = process.report.getReport() as unknown as Report;
  const soft = Number(userLimits?.open_files?.soft);
  return Number.isFinite(soft) ? soft : undefined;
}

interface Report {
  readonly userLimits?: { readonly open_files?: { readonly soft: number | string } };
}
