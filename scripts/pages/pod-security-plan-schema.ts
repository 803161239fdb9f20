import {OUTCOMES} from '../../src/audit/outcome.js'
import {STAGES} from '../../src/plan/pod-security/plan.js'
import {CONTROLS} from '../../src/pod-security/control.js'
import {LEVELS} from '../../src/pod-security/labels.js'
import {DRAFT, listOf, object} from './schemas.js'

const TEXT = {type: 'string'}
const TEXT_OR_NULL = {type: ['string', 'null']}
const TEXTS = listOf(TEXT)
const FLAG = {type: 'boolean'}
const COUNT = {type: 'integer', minimum: 0}
const COUNT_OR_NULL = {type: ['integer', 'null'], minimum: 0}
const RELEASE = {type: 'string', pattern: String.raw`^v1\.\d+$`}
const ref = (name: string): object => ({$ref: `#/$defs/${name}`})
const nullable = (schema: unknown): object => ({anyOf: [{type: 'null'}, schema]})
const LEVEL_OR_NULL = nullable(ref('level'))
const IN_THE_WAY = listOf(object({control: ref('control'), workloads: COUNT, patch: ref('patchable')}))
const IN_FORCE = object({level: ref('level'), version: TEXT})

const STEP = object({
  stage: {enum: STAGES}, needs: {description: 'What must be done first', ...listOf({enum: ['fixes', 'upgrade']})}, level: ref('level'), version: TEXT,
  changes: listOf(object({label: TEXT, from: TEXT_OR_NULL, to: TEXT_OR_NULL})),
  apply: {description: 'For a shell', ...TEXT}, undo: {description: 'Puts back the labels that the step started from', ...TEXT},
})

const NAMESPACE = object({
  name: TEXT, pods: COUNT_OR_NULL, workloads: COUNT,
  today: {description: 'In force now; null: its labels were not seen', ...nullable(object({enforce: IN_FORCE, audit: IN_FORCE, warn: IN_FORCE}))},
  held: {description: 'Why no label is planned there', ...nullable(object({by: {enum: ['owner', 'label-sync', 'exempt', 'invalid', 'unseen']}, why: TEXT}))},
  fitsNow: LEVEL_OR_NULL, fits: {description: 'By the rules of the target; null: not known', ...LEVEL_OR_NULL},
  enforceable: {description: 'Lets in all that is there now, on this server and, pinned to its version, on those up to the target', ...LEVEL_OR_NULL},
  refusedToday: {description: 'Running pods that would not come back', ...COUNT}, aim: {description: 'What the fixes are for', ...LEVEL_OR_NULL}, toFix: COUNT, patched: COUNT,
  inTheWay: IN_THE_WAY, enforcers: listOf(object({engine: TEXT, controls: COUNT})), isEnforcementKnown: {description: 'False: something may refuse more', ...FLAG}, steps: listOf(STEP), remarks: TEXTS,
})

const NOTE = listOf(object({control: ref('control'), why: TEXT}))
const FIX = object({
  from: ref('level'), to: ref('level'), reached: ref('level'), how: {enum: ['patch', 'recreate', 'node-file']},
  changes: listOf(object({control: ref('control'), path: TEXT, container: TEXT_OR_NULL, before: {}, after: {}})),
  blocked: NOTE, risks: listOf(object({control: ref('control'), text: TEXT})),
  patches: object({merge: {description: 'Strategic merge; null: only the JSON patch says what is meant', type: ['object', 'null']}, json: listOf({type: 'object'})}),
})

const WORKLOAD = object({
  namespace: TEXT, apiVersion: TEXT, kind: TEXT, name: TEXT, pods: COUNT, fitsNow: ref('level'), fits: ref('level'), to: LEVEL_OR_NULL,
  isNeeded: {description: 'The aim of its namespace refuses it', ...FLAG},
  failing: listOf(object({control: ref('control'), path: TEXT, containers: TEXTS, in: {enum: ['pods', 'templates', 'both']}, patch: ref('patchable')})),
  patch: ref('patchable'), remarks: TEXTS, fix: nullable(FIX),
  forecast: {description: 'The first version at which a level refuses it', ...listOf(object({release: RELEASE, level: ref('level'), controls: listOf(ref('control')), pods: COUNT, isEnforced: FLAG}))},
})

/** `pod-security plan -o json`, as planDocument() in src/report/pod-security-plan/document.ts writes it. */
export const POD_SECURITY_PLAN_SCHEMA = {
  $schema: DRAFT,
  title: 'PodSecurityPlan',
  description: 'What `kubectl k121 pod-security plan -o json` prints. Fields may be added; none is renamed or removed within k121.dev/v1.',
  ...object({
    apiVersion: {const: 'k121.dev/v1'}, kind: {const: 'PodSecurityPlan'}, tool: object({name: {const: 'kubectl-k121'}, version: TEXT, factsAsOf: TEXT}),
    cluster: object({id: TEXT, name: TEXT}), server: object({gitVersion: TEXT_OR_NULL, minor: COUNT_OR_NULL, evidence: TEXT}), target: RELEASE,
    completeness: object({complete: FLAG, missing: listOf(object({resource: TEXT, outcome: {enum: [...OUTCOMES, 'not-found']}, detail: TEXT}))}), remarks: TEXTS,
    namespaces: listOf(NAMESPACE), workloads: listOf(WORKLOAD), inTheWay: IN_THE_WAY,
    enforcers: {description: 'Who refuses pods, and what of theirs does nothing', ...listOf(object({engine: TEXT, namespaces: COUNT, inert: listOf(object({name: TEXT, why: TEXT}))}))},
    upgrade: listOf(object({release: RELEASE, text: TEXT})),
  }),
  $defs: {level: {enum: LEVELS}, control: {enum: CONTROLS}, patchable: {enum: ['yes', 'in part', 'no']}},
}
