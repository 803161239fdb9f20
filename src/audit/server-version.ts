import {listAt, textAt} from '../kube/field.js'
import type {Json, KubeObject} from '../kube/json.js'
import {isLiveApiServer} from '../kube/pod.js'
import {minorOf} from '../kube/version.js'
import type {ClusterFacts} from './audit-report.js'
import type {Fact} from './fact.js'
import {defineFact} from './fact.js'
import {kubelets} from './kubelets.js'

export type ServerVersion = ClusterFacts['server']

const ID = 'server-version'

/**
 * The version of the API server. `GET /version` speaks for the one instance
 * that answered; the images of API-server pods speak for each. While they
 * differ the oldest minor holds: what it does not have is not there. Without
 * either it is at least as new as the newest kubelet, which the skew policy
 * forbids to be ahead of it.
 */
export const serverVersion: Fact<ServerVersion> = defineFact({
  id: ID,
  reads: ['version', 'control-plane-pods'],
  needs: [kubelets],
  create(context) {
    let answer: Answer | null = null
    const images: string[] = []
    let instances = 0
    return {
      version(object) {
        answer = answerOf(object)
      },
      'control-plane-pods'(pod) {
        if (!isLiveApiServer(pod)) return
        instances++
        const tag = imageTagOf(pod)
        if (tag !== null) images.push(tag)
      },
      end() {
        const isCounted = instances > 0 && context.outcome('control-plane-pods').outcome === 'complete'
        return {...decide(answer, images, context.fact(kubelets)), instances: isCounted ? instances : 'unknown'}
      },
    }
  },
})

/** What `--server-version` says, in the place of `serverVersion`; null: the text is no 1.x version. */
export function fixedServerVersion(text: string): Fact<ServerVersion> | null {
  const minor = minorOf(text)
  if (minor === null) return null
  const version: ServerVersion = {gitVersion: null, minor, emulationMinor: null, instances: 'unknown', evidence: `--server-version ${text.trim()}`}
  return defineFact({id: ID, reads: [], create: () => ({end: () => version})})
}

/** Features follow the emulated version, where the server emulates an older one (KEP-4330). */
export function effectiveMinor({minor, emulationMinor}: ServerVersion): number | null {
  return minor === null || emulationMinor === null ? minor : Math.min(minor, emulationMinor)
}

interface Answer {
  gitVersion: string | null
  minor: number | null
  emulationMinor: number | null
}

/** `minor` is `29+` on some clouds. `emulationMinor` is there from 1.33 on and mostly equal to `minor`. */
function answerOf(object: KubeObject): Answer {
  const gitVersion = textAt(object, 'gitVersion') ?? null
  const minor = minorOf(gitVersion ?? '') ?? numberIn(textAt(object, 'minor'))
  const emulationMinor = numberIn(textAt(object, 'emulationMinor'))
  return {gitVersion, minor, emulationMinor: emulationMinor === minor ? null : emulationMinor}
}

function numberIn(text: string | undefined): number | null {
  const match = /^(\d{1,3})\+?$/.exec(text ?? '')
  return match === null ? null : Number(match[1])
}

function decide(answer: Answer | null, images: readonly string[], nodes: ClusterFacts['kubelets']): Omit<ServerVersion, 'instances'> {
  const minors = images.map(tag => minorOf(tag)).filter(minor => minor !== null)
  const oldest = minors.length === 0 ? null : Math.min(...minors)
  const tags = [...new Set(images)].toSorted().join(', ')
  if (answer?.minor != null) {
    const isBehind = oldest !== null && oldest < answer.minor
    const evidence = isBehind ? `GET /version; an API-server pod is older (${tags}), and the oldest holds` : 'GET /version'
    return {...answer, minor: isBehind ? oldest : answer.minor, evidence}
  }
  if (oldest !== null) {
    const gitVersion = images.find(tag => minorOf(tag) === oldest) ?? null
    return {gitVersion, minor: oldest, emulationMinor: null, evidence: `image of the API-server pods (${tags})`}
  }
  const evidence = nodes === null ? 'nothing tells it' : `newest kubelet (1.${nodes.maxMinor}): the server is that or newer`
  return {gitVersion: answer?.gitVersion ?? null, minor: nodes?.maxMinor ?? null, emulationMinor: null, evidence}
}

/** `v1.29.6` of `registry:5000/kube-apiserver:v1.29.6@sha256:…`; null for a digest alone, or a tag that is no version. */
function imageTagOf(pod: KubeObject): string | null {
  const containers = listAt(pod, 'spec', 'containers')
  const container: Json | undefined = containers.find(one => textAt(one, 'name') === 'kube-apiserver') ?? (containers.length === 1 ? containers[0] : undefined)
  const image = textAt(container, 'image')?.replace(/@.*$/s, '') ?? ''
  const tag = /:([^:/]+)$/.exec(image)?.[1] ?? ''
  return minorOf(tag) === null ? null : tag
}
