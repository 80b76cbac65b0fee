/**
 * Whether a user or a room may be called so (docs/PROTOCOL.md, Notation). The engine refuses commands about anything
 * else: no conversation is made of them.
 */
export const isName = (name: string): boolean => /^[A-Za-z0-9-]{1,16}$/.test(name);
