import {expect} from 'chai'
import type {WorkloadInfo} from '../../src/audit/audit-report.js'
import type {Json, JsonObject, KubeObject} from '../../src/kube/json.js'
import {POD_CASES} from '../pods/pods.js'
import {withMachine} from './support/machine.js'
import {withServer} from './support/with-server.js'

/**
 * What an audit says of a Deployment that nothing runs of, held against what the
 * server says of the pod that a controller would make of it.
 */
const LEVELS = ['restricted', 'baseline'] as const
const HOST: JsonObject = {hostNetwork: true, volumes: [{name: 'bare'}], containers: [{name: 'main', image: 'registry.example.com/main:1', ports: [{containerPort: 8080}]}]}
const TEMPLATES: readonly {id: string; metadata: JsonObject; spec: JsonObject}[] = [
  {id: 'host-network', metadata: {}, spec: HOST},
  ...POD_CASES.filter(({operation}) => operation === 'create').map(({id, pod}) => ({id: id.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'), metadata: pod.metadata['annotations'] === undefined ? {} : {annotations: pod.metadata['annotations']}, spec: pod.spec})),
]

function deployment(id: string, metadata: JsonObject, spec: Json): KubeObject {
  const labels = {app: id}
  return {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: id, namespace: 'open'}, spec: {replicas: 0, selector: {matchLabels: labels}, template: {metadata: {...metadata, labels}, spec}}} as unknown as KubeObject
}

describe('workloads of an audit', () => {
  const machine = withMachine()

  for (const minor of [24, 30, 37] as const) describe(`on 1.${minor}`, () => {
    const server = withServer({minor})
    const made: typeof TEMPLATES[number][] = []
    before(async () => {
      for (const name of ['open', ...LEVELS]) await server().create({apiVersion: 'v1', kind: 'Namespace', metadata: {name, labels: name === 'open' ? {} : {'pod-security.kubernetes.io/enforce': name}}})
      for (const one of TEMPLATES) {
        const {status, text} = await server().request('POST', '/apis/apps/v1/namespaces/open/deployments', deployment(one.id, one.metadata, one.spec))
        // A Deployment of a Job's pod, or of what this version does not know.
        expect(status, `${one.id}: ${text}`).to.be.oneOf([201, 422])
        if (status === 201) made.push(one)
      }
    })

    it('fit the level that the server lets their pods in at', async () => {
      const {cluster} = await machine().audit(server(), 'admin', ['--topic', 'pod-security', '--full'])
      const workloads = (cluster as unknown as {workloads: readonly WorkloadInfo[]}).workloads
      expect(made.length).to.be.above(60)
      expect(workloads.filter(({kind}) => kind === 'Deployment')).to.have.length(made.length)
      const wrong: string[] = []
      for (const {id, metadata} of made) {
        // As the server keeps it: that is what a controller makes pods of.
        const {json} = await server().request('GET', `/apis/apps/v1/namespaces/open/deployments/${id}`)
        const {template} = json['spec'] as {template: {spec: JsonObject}}
        const answers = await Promise.all(LEVELS.map(async level => ({level, answer: await server().request('POST', `/api/v1/namespaces/${level}/pods?dryRun=All`, {apiVersion: 'v1', kind: 'Pod', metadata: {...metadata, name: id}, spec: template.spec})})))
        for (const {level, answer} of answers) expect(answer.status, `${id} ${level}: ${answer.text}`).to.be.oneOf([201, 403])
        const expected = answers.find(({answer}) => answer.status === 201)?.level ?? 'privileged'
        const said = workloads.find(({name}) => name === id)?.fits
        if (said !== expected) wrong.push(`${id}: ${said}, and the server says ${expected}`)
      }
      expect(wrong).to.deep.equal([])
    })
  })
})
