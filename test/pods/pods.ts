import {readFileSync, readdirSync} from 'node:fs'
import {basename, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parse} from 'yaml'
import type {JsonObject, KubeObject} from '../../src/kube/json.js'
import {BASELINE_CONTROLS, CONTROLS} from '../../src/pod-security/control.js'
import type {ControlId} from '../../src/pod-security/control.js'

/**
 * Pods that break one control, and pods that look as if they did: one file each,
 * `CONTROL/bad-….yaml` and `CONTROL/good-….yaml`. Each is as good as restricted
 * asks in everything else. What a file's name does not tell is in its first
 * lines, `# key: value`; all of it holds for servers of the newest minor.
 */
export interface PodCase {
  /** `privileged/bad-init-container` */
  id: string
  control: ControlId
  verdict: 'bad' | 'good'
  /** What of it is worth a case, in a few words. */
  why: string
  /** The verdict on the control holds from this minor on … */
  from: number
  /** … to this one, included; null: to the newest. */
  until: number | null
  /** Of a pod with ephemeral containers: they are added through the subresource to the pod that `withoutEphemeral` gives. */
  operation: 'create' | 'ephemeralcontainers'
  /** All that it fails at each level at the newest minor for which it holds, in the order of `CONTROLS`. */
  fails: {readonly baseline: readonly ControlId[]; readonly restricted: readonly ControlId[]}
  /** Why the API refuses such a pod before any admission plugin sees it (1.37); null: it does not. */
  refusedByApi: string | null
  pod: KubeObject & {readonly metadata: JsonObject; readonly spec: JsonObject}
  file: string
}

/** Where a control begins later than the Standards themselves. */
const FIRST_MINOR: Partial<Record<ControlId, number>> = {
  allowPrivilegeEscalation: 8, capabilities_restricted: 22, hostProbesAndHostLifecycle: 34, procMount_restricted: 35, runAsUser: 23, seccompProfile_restricted: 19,
}

/** At restricted these are answered by a stricter control. */
const OVERRIDDEN_BY: Partial<Record<ControlId, ControlId>> = {
  capabilities_baseline: 'capabilities_restricted', hostPathVolumes: 'restrictedVolumes', procMount: 'procMount_restricted', seccompProfile_baseline: 'seccompProfile_restricted',
}

export const POD_CASES: readonly PodCase[] = CONTROLS.flatMap(casesOf)

/** Those whose verdict holds at the newest minor: what an engine that knows no versions is held against. */
export const CASES_OF_TODAY: readonly PodCase[] = POD_CASES.filter(one => one.until === null)

/** The pod as it was before somebody added the ephemeral containers. */
export function withoutEphemeral(pod: PodCase['pod']): PodCase['pod'] {
  return {...pod, spec: Object.fromEntries(Object.entries(pod.spec).filter(([field]) => field !== 'ephemeralContainers'))}
}

function casesOf(control: ControlId): PodCase[] {
  const folder = fileURLToPath(new URL(control, import.meta.url))
  return readdirSync(folder).filter(name => name.endsWith('.yaml')).sort().map(name => readCase(control, join(folder, name)))
}

type Head = Partial<Pick<PodCase, 'why' | 'from' | 'until' | 'operation' | 'refusedByApi'> & Record<'baseline' | 'restricted', readonly ControlId[]>>

function readCase(control: ControlId, file: string): PodCase {
  const text = readFileSync(file, 'utf8')
  const name = basename(file, '.yaml')
  const verdict = name.startsWith('bad-') ? 'bad' : 'good'
  const head = headOf(text)
  if (head.why === undefined) throw new Error(`${file}: no \`# why:\``)
  return {
    id: `${control}/${name}`, control, verdict, why: head.why, from: head.from ?? (verdict === 'bad' ? FIRST_MINOR[control] ?? 0 : 0), until: head.until ?? null,
    operation: head.operation ?? 'create', refusedByApi: head.refusedByApi ?? null, file, pod: parse(text) as PodCase['pod'],
    fails: verdict === 'bad' ? {...failsBy(control), ...levelsOf(head)} : {baseline: [], restricted: [], ...levelsOf(head)},
  }
}

/** `why` and `refusedByApi` are sentences, the rest is YAML. */
function headOf(text: string): Head {
  const lines = text.split('\n').filter(line => line.startsWith('# ')).map(line => /^# (\w+): (.*)$/.exec(line))
  return Object.fromEntries(lines.map(match => {
    if (match === null) throw new Error(`a line of the head is not \`# key: value\`: ${text.slice(0, 80)}`)
    const [, key = '', value = ''] = match
    return [key, key === 'why' || key === 'refusedByApi' ? value : parse(value)]
  })) as Head
}

function levelsOf({baseline, restricted}: Head): Partial<PodCase['fails']> {
  return {...(baseline === undefined ? {} : {baseline}), ...(restricted === undefined ? {} : {restricted})}
}

function failsBy(control: ControlId): PodCase['fails'] {
  const isBaseline = (BASELINE_CONTROLS as readonly ControlId[]).includes(control)
  return {baseline: isBaseline ? [control] : [], restricted: [OVERRIDDEN_BY[control] ?? control]}
}
