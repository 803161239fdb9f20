import {defineFact} from '../audit/fact.js'
import {flagAt, numberAt, textAt, textsAt} from '../kube/field.js'
import type {KubeObject} from '../kube/json.js'
import type {Level, LevelVersion} from './labels.js'
import {LEVELS, isVersion} from './labels.js'

/** What became of the dry-run creation of a pod that only `privileged` lets in (it asks for the process table of the node). */
export type PodProbeMeaning =
  | ({kind: 'refused'} & LevelVersion)
  /** Pod Security admission let it in, or did not look; `by` names who refused it later. */
  | {kind: 'let-in'; by: string | null}
  | {kind: 'unknown'; why: string}

export interface PodSecurityProbe {
  namespace: string
  meaning: PodProbeMeaning
  /** Levels of which it was said that the pod would violate them; admission and its webhook use the same words. */
  warned: readonly LevelVersion[]
  exemptions: ProbedExemptions
}

/** What namespaces answered to a dry-run change of their label; only servers from 1.25 on say that they are exempt. */
export interface ProbedExemptions {
  answered: readonly string[]
  exempt: readonly string[]
  /** Why not every namespace answered; empty: all that there were did. */
  problem: string
}

/** Null: nobody asked for the probe. */
export const podSecurityProbe = defineFact({
  id: 'pod-security-probe',
  reads: ['pod-security-probe'],
  create() {
    let probe: PodSecurityProbe | null = null
    return {
      'pod-security-probe'(object) {
        probe = readPodSecurityProbe(object)
      },
      end: (): PodSecurityProbe | null => probe,
    }
  },
})

export function readPodSecurityProbe(object: KubeObject): PodSecurityProbe {
  const warnings = textsAt(object, 'warnings')
  return {
    namespace: textAt(object, 'namespace') ?? '',
    meaning: meaningOf(numberAt(object, 'status') ?? 0, textAt(object, 'message') ?? ''),
    warned: warnings.flatMap(warning => levelIn(/^would violate PodSecurity "(\w+):([\w.]+)": /.exec(warning)) ?? []),
    exemptions: {
      answered: textsAt(object, 'exemptions', 'answered'), exempt: textsAt(object, 'exemptions', 'exempt'),
      problem: flagAt(object, 'exemptions', 'asked') === true ? (textAt(object, 'exemptions', 'problem') ?? '') : 'not asked',
    },
  }
}

/** What the API server itself says. Plugins are asked in one order: those before Pod Security admission hide its answer, those behind it tell that it had none. */
const SIGNS: readonly {words: RegExp; meaning: (found: RegExpExecArray) => PodProbeMeaning}[] = [
  {words: /is forbidden: User .* cannot create resource "pods"/, meaning: () => unknown('these credentials may not create pods there')},
  {words: /error looking up service account/, meaning: () => unknown('the namespace has no service account that a pod could run under')},
  {words: /unable to create new content in namespace/, meaning: () => unknown('the namespace is being deleted')},
  {words: /unable to validate against any pod security policy|no providers available to validate pod request/, meaning: () => unknown('PodSecurityPolicy refused it first')},
  {words: /unable to validate against any security context constraint/, meaning: () => unknown('security context constraints refused it first')},
  {words: /ValidatingAdmissionPolicy '([^']+)'/, meaning: ([, policy = '']) => ({kind: 'let-in', by: `the ValidatingAdmissionPolicy ${policy}`})},
  {words: /is forbidden: (?:exceeded|failed) quota: /, meaning: () => ({kind: 'let-in', by: 'a quota'})},
  {words: /admission webhook "([^"]+)" denied the request/, meaning: ([, webhook = '']) => unknown(`the webhook ${webhook} refused it, perhaps before Pod Security admission was asked`)},
  {words: /admission webhook "([^"]+)" does not support dry[ -]run/, meaning: ([, webhook = '']) => unknown(`the webhook ${webhook} does not support dry runs`)},
  {words: /failed (?:to call|calling) webhook(?: "([^"]+)")?/, meaning: ([, webhook = '']) => unknown(`the webhook ${webhook} could not be asked, and refuses while that is so`)},
]

/** Its own refusal stands at the very start; further on it is what a webhook or a policy says. */
const OWN = /^pods "[^"]*" is forbidden: violates PodSecurity "(\w+):([\w.]+)": /

function meaningOf(status: number, message: string): PodProbeMeaning {
  if (status === 201) return {kind: 'let-in', by: null}
  const own = status === 403 ? levelIn(OWN.exec(message)) : null
  if (own !== null) return {kind: 'refused', ...own}
  const [first] = SIGNS.flatMap(({words, meaning}) => {
    const found = words.exec(message)
    return found === null ? [] : [{found, meaning}]
  }).toSorted((a, b) => a.found.index - b.found.index)
  if (first !== undefined && status >= 400) return first.meaning(first.found)
  return unknown(whyUnknown(status, message))
}

function levelIn(found: RegExpExecArray | null): LevelVersion | null {
  const [, level = '', version = ''] = found ?? []
  return (LEVELS as readonly string[]).includes(level) && isVersion(version) ? {level: level as Level, version} : null
}

function unknown(why: string): PodProbeMeaning {
  return {kind: 'unknown', why}
}

function whyUnknown(status: number, message: string): string {
  if (status === 401) return 'the API server does not know these credentials'
  if (status === 404) return 'the namespace does not exist'
  if (status === 403) return `something else refused it: ${message.slice(0, 120)}`
  if (status === 422) return 'the API server found the probe itself invalid'
  return `the answer was HTTP ${status}`
}
