import type {Handoff} from './handoff.js'

/** A kubectl that the guard has let through, not started yet. */
export type Launch = Handoff

/** stdin stays the person's: a helper may ask for a password there, as behind kubectl itself. */
export const STDIO = ['inherit', 'pipe', 'pipe'] as const
