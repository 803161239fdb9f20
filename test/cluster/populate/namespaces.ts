import type {KubeObject} from '../../../src/kube/json.js'
import type {Surroundings, Write} from './model.js'
import {randomOf} from './model.js'

export type Level = 'privileged' | 'baseline' | 'restricted'

const TEAMS = ['payments', 'search', 'identity', 'checkout', 'catalog', 'billing', 'media', 'risk', 'logistics', 'platform', 'reporting', 'mobile']
const STAGES = ['prod', 'staging', 'dev', 'load']

interface Labelling {
  labels: (minor: number) => Record<string, string>
  /** What admission lets in, so that the pods written there are pods that could be there. */
  enforced: Level
  /** Refused by the PodSecurity plugin; such labels exist where they were written while it was off. */
  isRefused?: true
}

const PREFIX = 'pod-security.kubernetes.io'

/** Every state that a namespace's labels can be in. */
const LABELLINGS: readonly Labelling[] = [
  {labels: () => ({}), enforced: 'privileged'},
  {labels: () => ({[`${PREFIX}/enforce`]: 'baseline', [`${PREFIX}/enforce-version`]: 'latest', [`${PREFIX}/warn`]: 'restricted'}), enforced: 'baseline'},
  {labels: minor => ({[`${PREFIX}/enforce`]: 'restricted', [`${PREFIX}/enforce-version`]: `v1.${minor - 1}`}), enforced: 'restricted'},
  {labels: () => ({[`${PREFIX}/enforce`]: 'privileged'}), enforced: 'privileged'},
  {labels: () => ({[`${PREFIX}/warn`]: 'restricted', [`${PREFIX}/audit`]: 'restricted', [`${PREFIX}/audit-version`]: 'v1.23'}), enforced: 'privileged'},
  {labels: () => ({[`${PREFIX}/enforced`]: 'restricted'}), enforced: 'privileged'},
  {labels: minor => ({[`${PREFIX}/enforce`]: 'baseline', [`${PREFIX}/enforce-version`]: `v1.${minor + 5}`}), enforced: 'baseline'},
  {labels: () => ({[`${PREFIX}/enforce`]: 'Restricted', [`${PREFIX}/warn-version`]: '1.25'}), enforced: 'privileged', isRefused: true},
]

export function namespaceName(index: number): string {
  const team = TEAMS[index % TEAMS.length]
  const stage = STAGES[Math.floor(index / TEAMS.length) % STAGES.length]
  const round = Math.floor(index / TEAMS.length / STAGES.length)
  return round === 0 ? `${team}-${stage}` : `${team}-${stage}-${round + 1}`
}

export function enforcedLevel(index: number): Level {
  return LABELLINGS[index % LABELLINGS.length]?.enforced ?? 'privileged'
}

export function* namespaces(seed: number, count: number, {minor}: Surroundings): Generator<Write> {
  for (let index = 0; index < count; index++) {
    const {labels, isRefused} = LABELLINGS[index % LABELLINGS.length]!
    const made = namespace(seed, index, labels(minor))
    yield isRefused ? {object: made, fallback: namespace(seed, index, {})} : {object: made}
  }
}

function namespace(seed: number, index: number, own: Record<string, string>): KubeObject {
  const random = randomOf(seed, 'namespace', index)
  const name = namespaceName(index)
  return {apiVersion: 'v1', kind: 'Namespace', metadata: {
    name, labels: {team: TEAMS[index % TEAMS.length]!, ...own},
    annotations: {'example.com/cost-centre': String(1000 + random.below(9000)), 'example.com/contact': `team-${TEAMS[index % TEAMS.length]}@example.com`},
  }}
}
