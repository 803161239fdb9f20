import {expect} from 'chai'
import type {KubeObject} from '../../src/kube/json.js'
import {annotationsOf, labelsOf, nameOf} from '../../src/kube/object.js'
import type {Level} from '../../src/pod-security/labels.js'
import {readLabels} from '../../src/pod-security/labels.js'
import {failuresOf, fitsOf, injectedIn, refusedOf} from '../../src/pod-security/workload-fits.js'
import type {WorkloadLevel} from '../../src/pod-security/workload-gather.js'
import {workloadLevels} from '../../src/pod-security/workload-levels.js'
import {factOf} from '../support/declared-facts.js'
import {EXPECTED, sampleObjects} from './sample-workloads.js'

const VERSION = {apiVersion: 'k121.dev/v1', kind: 'Version', gitVersion: 'v1.30.14', major: '1', minor: '30'} as unknown as KubeObject
const AT = (minor: number): {minor: number; server: number} => ({minor, server: minor})

const idOf = ({owner: {namespace, kind, name}}: WorkloadLevel): string => `${namespace}/${kind}/${name}`
const controlsAt = (workload: WorkloadLevel, level: Level, minor: number): string[] => failuresOf(workload, level, AT(minor)).map(({control}) => control).toSorted()
const answer = (workload: WorkloadLevel, minor: number): object => ({level: fitsOf(workload, AT(minor)), baseline: controlsAt(workload, 'baseline', minor), restricted: controlsAt(workload, 'restricted', minor)})

describe('samples/workloads', () => {
  const objects = sampleObjects()
  let workloads: ReadonlyMap<string, WorkloadLevel> = new Map()
  before(async () => {
    const found = await factOf(workloadLevels, {objects, endpoints: {version: VERSION}})
    expect([found.server, found.target, found.unread]).to.deep.equal([30, 37, []])
    workloads = new Map(found.workloads.map(workload => [idOf(workload), workload]))
  })

  it('holds the forty, and no other', () => {
    expect(EXPECTED).to.have.length(40)
    expect([...workloads.keys()].toSorted()).to.deep.equal(EXPECTED.map(([id]) => id).toSorted())
  })

  for (const [id, at30, at37 = at30] of EXPECTED)
    it(`${id}: ${at30.level}${at37.level === at30.level ? '' : `, ${at37.level} at 1.37`}`, () => {
      const workload = workloads.get(id)!
      for (const [minor, {level, baseline, restricted}] of [[30, at30], [37, at37]] as const)
        expect(answer(workload, minor), `1.${minor}`).to.deep.equal({level, baseline: baseline.toSorted(), restricted: restricted.toSorted()})
    })

  it('most are ordinary: half fit baseline, a third lack only what a patch can say', () => {
    const levels = EXPECTED.map(([, {level}]) => level)
    expect(['privileged', 'baseline', 'restricted'].map(level => levels.filter(one => one === level).length)).to.deep.equal([19, 15, 6])
  })

  it('what an injector did is not laid on the workload', () => {
    const injected = [...workloads.values()].filter(workload => injectedIn(workload, 'restricted', AT(30)).length > 0)
    expect(injected.map(idOf)).to.deep.equal(['travel/Deployment/booking'])
    expect([...new Set(injectedIn(injected[0]!, 'restricted', AT(30)).flatMap(({containers}) => containers))]).to.deep.equal(['mesh-init'])
  })

  it('static pods are known as such', () => {
    expect([...workloads.values()].filter(({nodes}) => nodes.length > 0).map(workload => [idOf(workload), workload.nodes])).to.have.deep.members([['kube-system/Pod/kube-apiserver-cp-1', ['cp-1']], ['edge/Pod/floating-ip-worker-1', ['worker-1']]])
  })

  // enforce at 1.30; what the labels are called; what runs and would not come back
  const namespaces: readonly [name: string, enforce: string, labels: string, refused: readonly string[]][] = [
    ['kube-system', 'privileged:latest', 'absent', []],
    ['storefront', 'baseline:latest', 'valid', []],
    ['checkout', 'privileged:latest', 'misspelt', []],
    ['data', 'baseline:v1.33', 'newer-than-server', ['data/Deployment/pooler']],
    ['edge', 'restricted:latest', 'invalid', ['edge/DaemonSet/ingress', 'edge/Pod/floating-ip-worker-1']],
    ['observability', 'privileged:latest', 'valid', []],
    ['ci', 'privileged:latest', 'absent', []],
    ['cert-manager', 'restricted:v1.30', 'valid', []],
    ['travel', 'privileged:latest', 'absent', []],
    ['backoffice', 'privileged:latest', 'absent', []],
  ]
  it('has ten namespaces', () => expect(objects.filter(({kind}) => kind === 'Namespace').map(nameOf)).to.have.members(namespaces.map(([name]) => name)))
  for (const [name, policy, labels, refused] of namespaces)
    it(`namespace ${name}: enforces ${policy}, labels ${labels}`, () => {
      const namespace = objects.find(object => object.kind === 'Namespace' && nameOf(object) === name)!
      const {enforce} = readLabels(labelsOf(namespace), annotationsOf(namespace), 30).levels
      expect([`${enforce.level}:${enforce.version}`, enforce.labels]).to.deep.equal([policy, labels])
      const own = [...workloads.values()].filter(({owner, pods}) => owner.namespace === name && pods > 0)
      expect(own.filter(workload => (refusedOf(workload, {level: enforce.level, minor: null}, 30)?.pods ?? 0) > 0).map(idOf)).to.deep.equal(refused)
    })
})
