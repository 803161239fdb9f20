import type {CoverageBy, CoverageLine} from '../../audit/audit-report.js'
import {defineCheck} from '../../audit/check.js'
import type {ObjectRef} from '../../audit/finding.js'
import type {PodGuard, PodOperation} from '../../admission/pod-security/pod-guard.js'
import {podCoverage, podGuards} from '../../admission/pod-security/pod-coverage.js'
import {shortList} from '../../kube/short-list.js'
import {API_SERVER} from '../api-server-ref.js'
import {UNLESS, openLines} from './open-lines.js'
import {counted} from '../../kube/counted.js'

/**
 * Fires on what refuses pods at creation, is not asked about a change of a pod,
 * and has nothing beside it that is. An ephemeral container brings everything
 * that the Standards judge of a container into a pod that was let in without:
 * medium, for it takes the right to write pods/ephemeralcontainers, which the
 * roles edit and admin lack (seen at 1.24.17 and 1.37.2). By an update only
 * images change, labels, and annotations other than AppArmor's (ValidatePodUpdate),
 * so a control is broken by it only where a policy goes by those: low. A resize changes
 * resources alone, which no control reads: that nobody sees it is no hole, and
 * the coverage matrix says so without a finding.
 */
export const podOperationNotCovered = defineCheck({
  meta: {
    id: 'pod-operation-not-covered',
    title: 'What is refused in new pods is let in by a change of one',
    topic: 'pod-security',
    severity: 'medium',
    variants: {
      ephemeralcontainers: {severity: 'medium', title: 'Ephemeral containers get past what refuses the same in new pods'},
      update: {severity: 'low', title: 'Updates of pods get past what refuses the same in new pods'},
    },
    reads: ['namespaces'],
    why: 'Whoever may change a pod gets in what nobody may create.',
    remediation: 'Let the webhook and the policy match UPDATE and pods/ephemeralcontainers too, or hold the namespaces to baseline by Pod Security admission, which judges both.',
    references: [
      {title: 'Ephemeral containers', url: 'https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/'},
      {title: 'Pod update and replacement', url: 'https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement'},
    ],
  },
  needs: [podCoverage, podGuards],

  create(context) {
    return {
      end() {
        const {lines} = context.fact(podCoverage)
        const {guards, unreadRows} = context.fact(podGuards)
        for (const operation of ['ephemeralcontainers', 'update'] as const)
          for (const hole of holesIn(lines, guards, operation).values())
            context.report({
              object: objectOf(hole, guards), variant: operation, key: `${hole.engine} ${hole.name}`, count: hole.namespaces.size, confidence: hole.isSure ? 'derived' : 'weak', message: messageOf(hole, operation),
            })
        for (const row of unreadRows) context.skipUnread(row.row, row)
      },
    }
  },
})

interface Hole extends CoverageBy {
  controls: Set<string>
  namespaces: Set<string>
  /** False: a default of the API server that was not seen may refuse it. */
  isSure: boolean
}

/** By who refuses at creation and is not asked here: what one of several would let in the others may still refuse. */
function holesIn(lines: readonly CoverageLine[], guards: readonly PodGuard[], operation: PodOperation): Map<string, Hole> {
  const holes = new Map<string, Hole>()
  const creations = lines.filter(line => line.operation === 'create' && line.answer === 'refused')
  for (const {openness, line: {control, namespaces, by}} of openLines(lines.filter(line => line.operation === operation), guards))
    for (const creation of creations.filter(line => line.control === control)) {
      const there = new Set(creation.namespaces)
      const shared = namespaces.filter(name => there.has(name))
      for (const one of shared.length === 0 ? [] : blindAmong(creation.by, by)) addHole(holes, one, {control, namespaces: shared, isSure: openness === 'open'})
    }
  return holes
}

function blindAmong(refusing: readonly CoverageBy[], here: readonly CoverageBy[]): CoverageBy[] {
  return here.filter(one => refusing.some(({engine, name}) => engine === one.engine && name === one.name))
}

function addHole(holes: Map<string, Hole>, by: CoverageBy, {control, namespaces, isSure}: {control: string; namespaces: readonly string[]; isSure: boolean}): void {
  const key = `${by.engine}\n${by.name}`
  const hole = holes.get(key) ?? {...by, controls: new Set<string>(), namespaces: new Set<string>(), isSure: true}
  holes.set(key, hole)
  hole.controls.add(control)
  hole.isSure &&= isSure
  for (const name of namespaces) hole.namespaces.add(name)
}

function objectOf({engine, name}: Hole, guards: readonly PodGuard[]): ObjectRef {
  return guards.find(guard => guard.engine === engine && guard.name === name && guard.object !== null)?.object ?? API_SERVER
}

function messageOf({engine, name, why, controls, namespaces, isSure}: Hole, operation: 'ephemeralcontainers' | 'update'): string {
  const what = operation === 'update' ? 'updates, which change images, labels and annotations' : 'ephemeral containers'
  return `${engine}: ${name} refuses new pods by ${shortList([...controls].toSorted(), 3)} in ${counted(namespaces.size, 'namespace')}, and nothing there refuses the same in ${what}${isSure ? '' : UNLESS}${why === '' ? '' : `: ${why}`}.`
}
