import {expect} from 'chai'
import {podCoverage} from '../../../src/admission/pod-security/pod-coverage.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {apiServerPod} from '../../checks/external-ips/cluster.js'
import {binding, namespaceNamed, policy} from '../../support/admission-objects.js'
import {factOf, object} from '../../support/declared-facts.js'

const PODS = {apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['pods', 'pods/ephemeralcontainers']}
const DENIES = ['containers', 'initContainers', 'ephemeralContainers'].map(list => `object.spec.?${list}.orValue([]).all(c, !c.?securityContext.?privileged.orValue(false))`)
const PSA = [namespaceNamed('a', {'pod-security.kubernetes.io/enforce': 'baseline'})]
const VAP = [namespaceNamed('a'), policy({expressions: DENIES, match: {resourceRules: [PODS]}}), binding()]

function named(pod: KubeObject, name: string): KubeObject {
  return {...pod, metadata: {...(pod['metadata'] as object), name}}
}

/** What becomes of a privileged pod with two API servers, of which one was started with that flag. */
async function answerFor(objects: readonly KubeObject[], flag: string): Promise<string> {
  const servers = [named(apiServerPod(), 'kube-apiserver-1'), named(apiServerPod(flag), 'kube-apiserver-2')]
  const version = object('k121.dev/v1', 'Version', 'v', {gitVersion: 'v1.37.0'})
  const {lines} = await factOf(podCoverage, {objects: [...servers, ...objects], endpoints: {version}})
  const line = lines.find(({control, operation, namespaces}) => control === 'privileged' && operation === 'create' && namespaces.includes('a'))
  return `${line?.answer}: ${line?.by.map(({why}) => why).join('; ')}`
}

describe('an admission plugin that one of two API servers has switched off', () => {
  const rows: [plugin: string, objects: KubeObject[]][] = [['PodSecurity', PSA], ['ValidatingAdmissionPolicy', VAP]]
  for (const [plugin, objects] of rows) {
    it(`${plugin}: nothing is sure to be refused`, async () => expect(await answerFor(objects, `--disable-admission-plugins=${plugin}`)).to.match(new RegExp(`^unknown: an API server has ${plugin} switched off(?:; it only warns|$)`)))
    it(`${plugin}: all is, where both have it`, async () => expect(await answerFor(objects, '--v=2')).to.match(/^refused: /))
  }
})
