import type {GuardInputs} from '../adapters/guard-inputs.js'
import {choiceOf} from '../guard/connection.js'
import type {RouteKind} from '../guard/route.js'
import type {Reading} from '../guard/kubectl-args.js'

export interface KeyParts {
  inputs: GuardInputs
  reading: Reading
  route: RouteKind
  kubectl: string
  path: string
  home: string
  cwd: string
  uid: number
  policy: string
}

/** Version and digest of the source, stamped by scripts/build.js: another build believes no verdict of this one. */
declare const K121_BUILD: string

/**
 * Everything that a verdict rests on and that is not looked at again: absolute
 * file names and bytes, what the command line selects, PATH, the trust files,
 * kuberc, and the build (with it the catalogue).
 */
export function keyOf(parts: KeyParts, digestOf: (bytes: Uint8Array | string) => string): string {
  const {inputs, reading, ...rest} = parts
  const {connection} = reading
  // Of the paths on the command line only this one is read by the judge, against the working directory.
  const isRelative = Boolean(connection.certificateAuthority)
  // The same bytes are refused once others may change them.
  const bytes = (outcome: GuardInputs['policy']): string => (outcome.ok ? `${outcome.isLoose ? 'loose ' : ''}${digestOf(outcome.bytes)}` : outcome.reason)
  return digestOf(JSON.stringify([
    typeof K121_BUILD === 'string' ? K121_BUILD : 'source',
    rest.route, rest.kubectl, rest.path, rest.home, rest.uid, rest.policy, isRelative ? rest.cwd : '',
    choiceOf(connection),
    inputs.files.map(file => [file.file, file.bytes === null ? null : digestOf(file.bytes)]),
    bytes(inputs.policy), bytes(inputs.decisions), bytes(inputs.kuberc),
  ]))
}
