import type {PathStep} from '../kubeconfig/node.js'

/**
 * `block` makes a credential plugin dangerous, `warn` makes it unknown until a
 * person decides, `info` is only printed.
 */
export type Grade = 'block' | 'warn' | 'info'

/**
 * What a reason is about, and with it who may lift it:
 *
 * | family       | lifted by                                                                |
 * | ------------ | ------------------------------------------------------------------------ |
 * | `unlisted`   | a policy entry, a decision                                               |
 * | `place`      | an absolute policy entry, a decision                                     |
 * | `grammar`    | an absolute policy entry or `args: any` or the exact list, a decision    |
 * | `characters` | `args: any`, a decision                                                  |
 * | `lookup`     | `args: any`, a decision                                                  |
 * | `program`    | an absolute policy entry with `args: any` or the exact list; a decision (block: `--dangerous`) |
 * | `env`        | the entry's `env` list, a decision                                       |
 * | `field`      | a decision                                                               |
 * | `loader`     | nothing: code injected into a trusted program through its environment    |
 * | `deception`  | nothing: a name made to look like another                                |
 */
export type Family =
  | 'unlisted'
  | 'place'
  | 'grammar'
  | 'characters'
  | 'lookup'
  | 'program'
  | 'env'
  | 'field'
  | 'loader'
  | 'deception'

/** One observation about a credential plugin. `id` is stable and documented; text from the file is quoted, never raw. */
export interface Reason {
  id: string
  family: Family
  grade: Grade
  /** About the command line behind a launcher, which an entry for the launcher does not speak for. */
  isTail?: true
  /** Relative to the user's mapping: `['exec', 'args', 2]`. */
  path: readonly PathStep[]
  /** One sentence. Values from the file stand in it JSON-quoted and cut; no secret does. */
  message: string
  /** What to do. */
  remediation: string
}

export type PluginVerdict = 'trusted' | 'unknown' | 'dangerous'

/** The worst grade decides; `info` alone leaves a plugin trusted. */
export function verdictOf(reasons: readonly Reason[]): PluginVerdict {
  if (reasons.some(reason => reason.grade === 'block')) return 'dangerous'
  if (reasons.some(reason => reason.grade === 'warn')) return 'unknown'
  return 'trusted'
}
