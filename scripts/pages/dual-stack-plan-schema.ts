import {FILTER_CLASSES} from '../../src/audit/finding.js'
import {OUTCOMES} from '../../src/audit/outcome.js'
import {WHOSE} from '../../src/plan/dual-stack/carve-outs.js'
import {DRAFT, listOf, object} from './schemas.js'

const TEXT = {type: 'string'}
const TEXT_OR_NULL = {type: ['string', 'null']}
const TEXTS = listOf(TEXT)
const FLAG = {type: 'boolean'}
const COUNT = {type: 'integer', minimum: 0}
const FAMILY = {enum: [4, 6]}
const ref = (name: string): object => ({$ref: `#/$defs/${name}`})
const SUM = {policies: COUNT, pods: COUNT}
const PLACE = object({path: TEXT, text: TEXT})

const ITEM = object({
  class: ref('class'), family: {description: 'That is wrongly open (S) or wrongly blocked (A)', ...FAMILY}, direction: {enum: ['ingress', 'egress']}, ports: TEXT,
  answer: {description: 'add, except: by the patch; range: needs a range; hand: only a person knows; choice: may be meant; today: it is about IPv4', enum: ['add', 'except', 'range', 'none', 'hand', 'choice', 'today']},
  blocks: listOf(PLACE), lines: {description: 'What goes into the list of peers, or into the exceptions', ...TEXTS}, needs: listOf({enum: WHOSE}), why: TEXT,
})

const OPERATION = object({op: {enum: ['test', 'add', 'replace']}, path: TEXT, value: {}})

const POLICY = object({
  namespace: TEXT, name: TEXT, pods: {description: 'Running pods that it selects', ...COUNT}, manager: {description: 'Who writes it again and again: the change belongs into the source', ...TEXT_OR_NULL},
  items: listOf(ITEM), unread: {description: 'What it lets through there is not known', ...listOf(PLACE)},
  patch: {anyOf: [{type: 'null'}, object({file: TEXT_OR_NULL, apply: listOf(OPERATION), undo: listOf(OPERATION)})]},
  left: {description: 'Classes that remain where all patches are applied', ...listOf(ref('class'))},
})

/** `dual-stack plan -o json`, as planDocument() in src/report/dual-stack-plan/document.ts writes it. */
export const DUAL_STACK_PLAN_SCHEMA = {
  $schema: DRAFT,
  title: 'DualStackPlan',
  description: 'What `kubectl k121 dual-stack plan -o json` prints. Fields may be added; none is renamed or removed within k121.dev/v1.',
  ...object({
    apiVersion: {const: 'k121.dev/v1'}, kind: {const: 'DualStackPlan'}, tool: object({name: {const: 'kubectl-k121'}, version: TEXT, factsAsOf: TEXT}),
    cluster: object({id: TEXT, name: TEXT}),
    families: {description: 'As the cluster is; everything else is judged as if it had both', ...object({state: {enum: ['v4', 'v6', 'dual', 'dual-pods', 'dual-services', 'mixed', 'hidden-second-family', 'edge-dual', 'unknown']}, primary: {enum: [4, 6, null]}})},
    ranges: {description: 'Of IPv6', ...object(Object.fromEntries(WHOSE.map(whose => [whose, object({cidrs: TEXTS, from: TEXT, isUnknown: FLAG})])))},
    completeness: object({complete: FLAG, missing: listOf(object({resource: TEXT, outcome: {enum: [...OUTCOMES, 'not-found']}, detail: TEXT}))}), remarks: TEXTS,
    classes: listOf(object({class: ref('class'), family: FAMILY, ...SUM})), same: {description: 'Nothing has to be done', ...object({alike: object(SUM), selectors: object(SUM)})},
    policies: listOf(POLICY), others: {description: 'What the audit says of every other kind of filter', ...listOf(object({check: TEXT, class: ref('class'), findings: COUNT, latent: COUNT, isPreview: FLAG}))},
  }),
  $defs: {class: {enum: FILTER_CLASSES}},
}
