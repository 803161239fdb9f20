import type {Fact} from '../audit/fact.js'
import {defineFact} from '../audit/fact.js'
import type {Outcome} from '../audit/outcome.js'
import {isIncomplete} from '../audit/outcome.js'
import {linkOf, owners} from '../audit/owners.js'
import type {OwnerLink} from '../audit/owners.js'
import {effectiveMinor, serverVersion} from '../audit/server-version.js'
import {isMapping, textAt} from '../kube/field.js'
import type {CrdKey} from '../kube/included-crd.js'
import {crdOf} from '../kube/included-crd.js'
import type {Json, KubeObject} from '../kube/json.js'
import {isFinished} from '../kube/pod.js'
import type {ReadKey} from '../kube/resources.js'
import {NEWEST_MINOR} from './control.js'
import {withServerDefaults} from './normalise.js'
import type {Judged} from './pod-shape.js'
import {podOf} from './pod-shape.js'
import type {DetailStore} from './workload-details.js'
import {detailsOf} from './workload-details.js'
import type {Sighting, WorkloadLevel} from './workload-gather.js'
import {gathering} from './workload-gather.js'
import type {TemplatePlace} from './workload-templates.js'
import {includedTemplates, liveTemplate, mirroredOn} from './workload-templates.js'
import {brokenRules} from './workload-verdict.js'

/** Rows with a template in each object, or in most. */
export const TEMPLATE_ROWS = [
  'deployment-templates', 'daemonset-templates', 'statefulset-templates', 'replicaset-templates', 'job-templates', 'cronjob-templates', 'replicationcontrollers', 'podtemplates',
  'rollouts', 'clonesets', 'deploymentconfigs', 'knative-services',
] as const

export interface WorkloadLevels {
  /** By whose rules things are judged today: the server's, else those of the newest version that is known here. */
  server: number
  isServerKnown: boolean
  /** The version of which the future is told. */
  target: number
  workloads: readonly WorkloadLevel[]
  /** Rows that somebody could have read whole and that were not, or not understood: there may be more. */
  unread: readonly {key: ReadKey; outcome: Outcome; detail: string}[]
}

export interface WorkloadOptions {
  /** `--include-crd` */
  included?: readonly CrdKey[]
  /** The newest known where absent. */
  target?: number
}

/**
 * Everything that runs pods or would make them, by what a person would edit,
 * with the rules of the Pod Security Standards that it breaks. Templates are
 * judged as the pods that the server would make of them. Pods that have ended
 * count no more, Jobs neither; a template that nothing runs of counts.
 */
export function workloadLevelsOf({included = [], target = NEWEST_MINOR}: WorkloadOptions = {}): Fact<WorkloadLevels> {
  return defineFact<(typeof TEMPLATE_ROWS)[number] | 'pods' | CrdKey, WorkloadLevels>({
    id: 'workload-levels',
    reads: [...TEMPLATE_ROWS, ...included, 'pods'],
    needs: [serverVersion, owners],
    create(context) {
      const gathered = gathering()
      const store: DetailStore = {rules: new Map(), lists: new Map()}
      let known: {minor: number | null} | null = null
      const server = (): number => (known ??= {minor: effectiveMinor(context.fact(serverVersion))}).minor ?? NEWEST_MINOR
      const judge = (place: TemplatePlace, judged: Judged, {of, key, link, node}: Pick<Sighting, 'of' | 'key' | 'link' | 'node'>): void => {
        const broken = brokenRules(judged)
        const pod = podOf(judged)
        const {containers, inits, regulars} = pod
        gathered.add({
          of, key, link, node, broken, shape: `${inits}+${regulars}+${containers.length}`,
          runtimeClass: textAt(judged.spec, 'runtimeClassName') ?? null,
          containers: of === 'pod' ? [] : containers.map(({name}) => name ?? ''),
          detail: () => detailsOf(pod, broken, {place, rules: [server(), target].map(minor => ({minor, server: minor})), store}),
        })
      }
      const visit = (templatesOf: (object: KubeObject) => readonly TemplatePlace[]) => (object: KubeObject): void => {
        for (const place of templatesOf(object)) judge(place, asNewPod(withServerDefaults(place, 'template', server()), server()), {of: 'template', key: '', link: () => linkOf(object), node: null})
      }
      const template = visit(object => [liveTemplate(object)].filter(place => place !== null))
      return {
        ...Object.fromEntries(TEMPLATE_ROWS.map(row => [row, template])),
        ...Object.fromEntries(included.map(key => [key, visit(object => includedTemplates(object, crdOf(key)))])),
        pods(pod) {
          if (isFinished(pod)) return
          const node = mirroredOn(pod)
          const place = {metadata: pod['metadata'], spec: pod['spec'], path: ''}
          // What has a uid has been through a server.
          const isStored = textAt(pod, 'metadata', 'uid') !== undefined
          judge(place, isStored ? place : asNewPod(place, server()), {of: 'pod', node, key: node === null ? controllerUid(pod) : '', link: () => (node === null ? linkOf(pod) : ownLink(pod))})
        },
        end() {
          const unread = [...TEMPLATE_ROWS, ...included, 'pods' as const].flatMap(key => {
            const {outcome, detail} = context.outcome(key)
            return isIncomplete(outcome) ? [{key, outcome, detail}] : []
          })
          return {server: server(), isServerKnown: known?.minor != null, target, workloads: gathered.workloads(context.fact(owners)), unread}
        },
      }
    },
  })
}

export const workloadLevels = workloadLevelsOf()

function asNewPod(pod: Judged, server: number): Judged {
  return withServerDefaults(pod, 'pod', server)
}

/** Empty where there is none, or nothing that could be read without a closer look. */
function controllerUid({metadata}: KubeObject): string {
  const references = isMapping(metadata) ? metadata['ownerReferences'] : undefined
  if (!Array.isArray(references)) return ''
  const controller = (references as readonly Json[]).find(reference => isMapping(reference) && reference['controller'] === true)
  return isMapping(controller) && typeof controller['uid'] === 'string' ? controller['uid'] : ''
}

/** A static pod is its own: the node that controls its mirror runs many. */
function ownLink(pod: KubeObject): OwnerLink {
  return {object: linkOf(pod).object, controller: null}
}
