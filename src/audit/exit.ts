import {EXIT} from '../exit-codes.js'

/** 1 beats 3: what was found is found. `--allow-incomplete` turns 3 into 0, never into silence. */
export function exitCodeOf({failing, complete, allowIncomplete}: {failing: number; complete: boolean; allowIncomplete: boolean}): number {
  if (failing > 0) return EXIT.findings
  return complete || allowIncomplete ? EXIT.ok : EXIT.incomplete
}
