import type {Fact} from '../../audit/fact.js'
import {defineFact} from '../../audit/fact.js'
import type {ObjectRef} from '../../audit/finding.js'
import type {OwnerLink} from '../../audit/owners.js'
import {linkOf, owners, topOwner} from '../../audit/owners.js'
import type {CrdKey} from '../../kube/included-crd.js'
import {crdOf} from '../../kube/included-crd.js'
import type {KubeObject} from '../../kube/json.js'
import {groupOf} from '../../kube/object.js'
import {isFinished} from '../../kube/pod.js'
import type {Rules} from '../../pod-security/evaluate.js'
import type {WorkloadFix} from '../../pod-security/fix/fix.js'
import {fixOf} from '../../pod-security/fix/fix-of.js'
import type {Level} from '../../pod-security/labels.js'
import {TEMPLATE_ROWS} from '../../pod-security/workload-levels.js'
import type {TemplatePlace} from '../../pod-security/workload-templates.js'
import {includedTemplates, liveTemplate, mirroredOn} from '../../pod-security/workload-templates.js'

export type FixLevel = Exclude<Level, 'privileged'>

export interface FoundFix {
  /** Null: it passes that level. */
  fixes: Readonly<Record<FixLevel, WorkloadFix | null>>
  /** It has the template itself; false: something above made it and would put it back. */
  isOwn: boolean
}

/** By what a person would edit: `fixKey`. Who passes both levels is not there. */
export type WorkloadFixes = ReadonlyMap<string, readonly FoundFix[]>

export function fixKey(ref: ObjectRef): string {
  return `${groupOf(ref)}/${ref.kind}/${ref.namespace}/${ref.name}`
}

/** How every template and every pod of nobody's would pass each level. Each object is looked at while it streams past: of those that pass, nothing is kept. */
export function workloadFixesAt(target: number, included: readonly CrdKey[] = []): Fact<WorkloadFixes> {
  const rules: Rules = {minor: target, server: target}
  return defineFact<(typeof TEMPLATE_ROWS)[number] | 'pods' | CrdKey, WorkloadFixes>({
    id: 'workload-fixes',
    reads: [...TEMPLATE_ROWS, ...included, 'pods'],
    needs: [owners],
    create(context) {
      const found: {link: OwnerLink; fixes: FoundFix['fixes']}[] = []
      const note = (object: KubeObject, place?: TemplatePlace): void => {
        const fixAt = (level: FixLevel): WorkloadFix | null => fixOf(object, level, rules, place)
        const fixes = {baseline: fixAt('baseline'), restricted: fixAt('restricted')}
        if (fixes.restricted !== null || fixes.baseline !== null) found.push({link: linkOf(object), fixes})
      }
      const template = (object: KubeObject): void => {
        if (liveTemplate(object) !== null) note(object)
      }
      return {
        ...Object.fromEntries(TEMPLATE_ROWS.map(row => [row, template])),
        ...Object.fromEntries(included.map(key => [key, (object: KubeObject) => {
          const [place, ...others] = includedTemplates(object, crdOf(key))
          // Several templates in one object have one patch only together.
          if (place !== undefined && others.length === 0) note(object, place)
        }])),
        pods(pod) {
          // What something else makes is changed there.
          if (!isFinished(pod) && (linkOf(pod).controller === null || mirroredOn(pod) !== null)) note(pod)
        },
        end() {
          const byOwner = new Map<string, FoundFix[]>()
          for (const {link, fixes} of found) {
            const isPod = link.object.kind === 'Pod'
            const top = isPod ? link.object : topOwner(context.fact(owners), link)
            const key = fixKey(top)
            const fix: FoundFix = {fixes, isOwn: fixKey(link.object) === key}
            const known = byOwner.get(key)
            if (known === undefined) byOwner.set(key, [fix])
            else known.push(fix)
          }
          return byOwner
        },
      }
    },
  })
}
