/** What a server's process tells the bench. */
export type FromChild = { readonly port: number } | { readonly full: true } | { readonly cpu: number };

/** The options that the bench gave. */
export const childOptions = <T>(): T => JSON.parse(process.argv[2] ?? '{}') as T;

export function tell(message: FromChild): void {
  process.send?.(message);
}

/** Says that the server listens, answers what is asked, and ends with the bench. */
export function serve(port: number): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    tell({ cpu: (user + system) / 1000 });
  });
  process.on('disconnect', () => process.exit(0));
  tell({ port });
}
