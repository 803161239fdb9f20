/**
 * The one table of exit codes. `docs/exit-codes.md` and the README are
 * generated from it.
 */
export const EXIT = {
  ok: 0,
  findings: 1,
  usage: 2,
  incomplete: 3,
  environment: 4,
  bug: 70,
} as const

/** The guard: kubectl's own status, except where kubectl was not started. */
export const GUARD_EXIT = {
  failed: 125,
  denied: 126,
  notFound: 127,
} as const

export const EXIT_MEANINGS: ReadonlyArray<{code: number; of: 'guard' | 'other commands'; when: string}> = [
  {code: 0, of: 'other commands', when: 'all asked questions were answered, nothing at or above the threshold'},
  {code: 1, of: 'other commands', when: 'something at or above the threshold (`--fail-on`, default `high`), or a credential plugin that is not trusted'},
  {code: 2, of: 'other commands', when: 'a wrong or missing argument'},
  {code: 3, of: 'other commands', when: 'incomplete: something that was asked for could not be read or understood (1 beats 3)'},
  {code: 4, of: 'other commands', when: 'environment: kubectl missing, server unreachable, trust file unreadable, output that cannot be written, no terminal'},
  {code: 70, of: 'other commands', when: 'a bug of ours: the stack is printed'},
  {code: 125, of: 'guard', when: 'the guard itself failed or was called wrongly; kubectl was not started'},
  {code: 126, of: 'guard', when: 'denied or refused; kubectl was not started'},
  {code: 127, of: 'guard', when: 'kubectl was not found'},
]
