import {expect} from 'chai'
import {listAt, textAt} from '../../src/kube/field.js'
import type {JsonObject, KubeObject} from '../../src/kube/json.js'
import {controllerOf, nameOf, namespaceOf} from '../../src/kube/object.js'
import {evaluate, messageOf} from '../../src/pod-security/evaluate.js'
import type {Judged} from '../../src/pod-security/evaluate.js'
import {withServerDefaults} from '../../src/pod-security/normalise.js'
import {liveTemplate} from '../../src/pod-security/workload-templates.js'
import {EXPECTED, sampleObjects} from '../pod-security/sample-workloads.js'
import {namespace} from './cases/case.js'
import type {ApiResponse} from './support/api-client.js'
import type {RealApiServer} from './support/api-server.js'
import {withServer} from './support/with-server.js'

const LEVELS = ['baseline', 'restricted'] as const
type Asked = (typeof LEVELS)[number]

interface SamplePod extends Judged {
  /** As the table has it. */
  workload: string
  name: string
}

/** The pods of the sample, and one of each template that would make some. */
function samplePods(): SamplePod[] {
  const objects = sampleObjects()
  const byName = new Map(objects.map(object => [`${namespaceOf(object)}/${object.kind}/${nameOf(object)}`, object]))
  const topOf = (object: KubeObject): string => {
    const controller = controllerOf(object)
    const own = `${namespaceOf(object)}/${object.kind}/${nameOf(object)}`
    const above = controller === null ? undefined : byName.get(`${namespaceOf(object)}/${controller.kind}/${controller.name}`)
    return above === undefined ? own : topOf(above)
  }
  const known = new Set(EXPECTED.map(([workload]) => workload))
  return objects.flatMap((object, index) => {
    if (!known.has(topOf(object))) return []
    const place = liveTemplate(object)
    return place === null ? [] : [{workload: topOf(object), name: `p${index}`, metadata: place.metadata, spec: withClaims(object, place.spec as JsonObject)}]
  })
}

/** A StatefulSet's controller adds a volume for each of its claims. */
function withClaims(object: KubeObject, spec: JsonObject): JsonObject {
  const claims = listAt(object, 'spec', 'volumeClaimTemplates').map(claim => ({name: textAt(claim, 'metadata', 'name') ?? '', persistentVolumeClaim: {claimName: 'data-0'}}))
  return {...spec, volumes: [...listAt(spec, 'volumes'), ...claims]}
}

/** What a real server says of each pod of samples/workloads is what the table says of its workload, in our words. */
for (const minor of [30, 37] as const) describe(`samples/workloads on a real API server 1.${minor}`, () => {
  const server = withServer({minor})
  before(() => server().create(...LEVELS.map(level => namespace(level, {'pod-security.kubernetes.io/enforce': level}))))

  for (const level of LEVELS) it(`${level} refuses what the table says, and nothing else`, async () => {
    const refused = new Map<string, Set<string>>(EXPECTED.map(([workload]) => [workload, new Set()]))
    for (const pod of samplePods()) {
      const failed = evaluate(level, {minor, server: minor}, withServerDefaults(pod, 'pod', minor))
      const message = failed.length === 0 ? '' : `pods "${pod.name}" is forbidden: violates PodSecurity "${level}:latest": ${messageOf(failed)}`
      expect(await refusalOf(server(), level, pod), pod.workload).to.equal(message)
      for (const {id} of failed) refused.get(pod.workload)?.add(id)
    }
    const answers = Object.fromEntries([...refused].map(([workload, controls]) => [workload, [...controls].toSorted()]))
    expect(answers).to.deep.equal(Object.fromEntries(EXPECTED.map(([workload, at30, at37 = at30]) => [workload, (minor === 30 ? at30 : at37)[level].toSorted()])))
  })
})

/** Empty: it is let in. A pod with a debugging container is let in without it first. */
async function refusalOf(server: RealApiServer, level: Asked, {name, metadata, spec}: SamplePod): Promise<string> {
  const {ephemeralContainers, ...rest} = spec as JsonObject
  const {annotations} = (metadata ?? {}) as JsonObject
  const pod = {apiVersion: 'v1', kind: 'Pod', metadata: {name, ...(annotations === undefined ? {} : {annotations})}, spec: rest}
  const path = `/api/v1/namespaces/${level}/pods`
  if (ephemeralContainers === undefined) return refusalIn(await server.request('POST', `${path}?dryRun=All`, pod))
  expect(refusalIn(await server.request('POST', path, pod))).to.equal('')
  return refusalIn(await server.request('PATCH', `${path}/${name}/ephemeralcontainers?dryRun=All`, {spec: {ephemeralContainers}}, {contentType: 'application/strategic-merge-patch+json'}))
}

function refusalIn({status, json, text}: ApiResponse): string {
  if (status < 300) return ''
  const {message} = json as {message: string}
  if (status !== 403) throw new Error(`${status}: ${text.slice(0, 300)}`)
  return message
}
