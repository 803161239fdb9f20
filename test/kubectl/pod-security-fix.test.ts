import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {expect} from 'chai'
import {parseAllDocuments} from 'yaml'
import type {Json, JsonObject, KubeObject} from '../../src/kube/json.js'
import type {WorkloadFix} from '../../src/pod-security/fix/fix.js'
import {fixOf} from '../../src/pod-security/fix/fix-of.js'
import {kustomization} from '../../src/pod-security/fix/patches.js'
import {jsonPatchText} from '../support/json-patch-text.js'
import {TEMPLATE_KINDS} from '../../src/pod-security/templates.js'
import {kubectlBinary, minorsOfThisRun} from '../support/kubectl-binaries.js'
import type {ProcessResult} from '../support/run-process.js'
import {runProcess} from '../support/run-process.js'
import {refusedOf, withChanges, withoutEmpty, workloadWith} from '../pod-security/fix/fixed-workloads.js'
import {POD_CASES, withoutEphemeral} from '../pods/pods.js'

/** What kubectl and its kustomize make of the patches, for every bad pod of test/pods/ in one kind after the other. */
interface Fixed {
  id: string
  object: KubeObject
  fix: WorkloadFix
  /** With the changes, as the list of them says. */
  after: KubeObject
}

const RULES = {minor: 37, server: 37}
const BUILT_IN = TEMPLATE_KINDS.filter(({group}) => ['', 'apps', 'batch'].includes(group))

/** Ports that one key names twice, odd spellings, lists that lose an item: what merging goes wrong with. */
const AWKWARD: readonly {id: string; spec: JsonObject}[] = [
  {id: 'one of two host ports', spec: {containers: [{name: 'a', ports: [{containerPort: 80}, {containerPort: 81, hostPort: 81}, {containerPort: 82, hostPort: 0, name: 'x'}]}]}},
  {id: 'one port for TCP and UDP', spec: {containers: [{name: 'dns', ports: [{containerPort: 53, hostPort: 53, protocol: 'TCP'}, {containerPort: 53, hostPort: 53, protocol: 'UDP'}]}, {name: 'b'}]}},
  {id: 'a port with its protocol', spec: {containers: [{name: 'b'}, {name: 'a', ports: [{containerPort: 80, hostPort: 80, protocol: 'TCP', name: 'http'}]}]}},
  {id: 'capabilities of which some stay', spec: {containers: [{name: 'a', securityContext: {capabilities: {add: ['NET_ADMIN', 'CHOWN', 'SYS_TIME', 'KILL'], drop: ['NET_RAW']}}}]}},
  {id: 'sysctls of which some stay', spec: {securityContext: {sysctls: [{name: 'kernel.msgmax', value: '1'}, {name: 'net.ipv4.tcp_syncookies', value: '0'}]}, containers: [{name: 'a'}]}},
  {id: 'letters that Go escapes', spec: {securityContext: {seLinuxOptions: {user: 'a<b>&c\u2028'}}, containers: [{name: 'a', securityContext: {capabilities: {add: ['a>', 'é😀']}}}]}},
  {id: 'the same name in both lists', spec: {initContainers: [{name: 'a'}], containers: [{name: 'b'}, {name: 'a', securityContext: {procMount: 'Unmasked', seLinuxOptions: {type: 'spc_t', level: 's0'}}}]}},
]

const FIXED: readonly Fixed[] = [
  ...POD_CASES.filter(({verdict}) => verdict === 'bad').flatMap((one, index) => {
    const kind = one.operation === 'ephemeralcontainers' ? TEMPLATE_KINDS[0] : BUILT_IN[index % BUILT_IN.length]
    return kind === undefined ? [] : fixed(one.id, workloadWith(kind, (kind.path === '' ? one.pod : withoutEphemeral(one.pod)) as never))
  }),
  ...BUILT_IN.flatMap(kind => AWKWARD.flatMap(({id, spec}) => fixed(`${id} in a ${kind.kind}`, workloadWith(kind, {metadata: {}, spec})))),
]

function fixed(id: string, whole: KubeObject): Fixed[] {
  const object = {...whole, metadata: {...(whole['metadata'] as JsonObject), name: id.toLowerCase().replaceAll(/[^a-z0-9]+/g, '.')}} as KubeObject
  return (['baseline', 'restricted'] as const).flatMap(level => {
    const fix = fixOf(object, level, RULES)
    if (fix === null || fix.patches.json.length === 0) return []
    // Patches are for manifests, and what was added to a running pod stands in none.
    const manifest = withChanges(object, fix.changes.filter(({path}) => path === 'spec.ephemeralContainers'))
    return [{id: `${id} to ${level}`, object: manifest, fix, after: withChanges(object, fix.changes)}]
  })
}

for (const minor of minorsOfThisRun().filter((_, index, all) => index === 0 || index === all.length - 1 || process.env['K121_FULL'] === '1'))
  describe(`patches for Pod Security in the hands of kubectl 1.${minor}`, () => {
    let kubectl: (argv: readonly string[]) => Promise<ProcessResult>
    let folder = ''

    before(async () => {
      const binary = await kubectlBinary(minor)
      folder = mkdtempSync(join(tmpdir(), 'k121-fix-'))
      kubectl = argv => runProcess(binary, argv, {cwd: folder, env: {HOME: folder}})
    })
    after(() => rmSync(folder, {recursive: true, force: true}))

    async function patched({object}: Fixed, type: string, patch: string): Promise<KubeObject> {
      const file = write(folder, 'object.json', JSON.stringify(object))
      const {status, stdout, stderr} = await kubectl(['patch', '--local', '-f', file, '--type', type, '-o', 'json', '--patch-file', write(folder, 'patch.json', patch)])
      expect(status, stderr).to.equal(0)
      return JSON.parse(stdout) as KubeObject
    }

    it('a strategic merge changes what the list of changes says, and nothing else', async function () {
      this.timeout(400_000)
      for (const one of FIXED) {
        const merge = one.fix.patches.merge
        if (merge === null) expect(one.id).to.match(/TCP and UDP/)
        else isAs(one, await patched(one, 'strategic', JSON.stringify(merge)))
      }
    })

    it('so does a JSON patch', async function () {
      this.timeout(400_000)
      for (const one of FIXED.filter((_, index) => index % 3 === 0)) isAs(one, await patched(one, 'json', jsonPatchText(one.fix)))
    })

    it('a JSON patch made for another state fails', async () => {
      const one = FIXED.find(({id}) => id.startsWith('a port with its protocol in a Deployment'))!
      const {spec} = one.object as unknown as {spec: {template: {spec: {containers: readonly Json[]}}}}
      const turned = {...one.object, spec: {...spec, template: {...spec.template, spec: {...spec.template.spec, containers: spec.template.spec.containers.toReversed()}}}} as unknown as KubeObject
      const file = write(folder, 'object.json', JSON.stringify(turned))
      const {status, stderr} = await kubectl(['patch', '--local', '-f', file, '--type', 'json', '-o', 'json', '-p', jsonPatchText(one.fix)])
      expect(status).to.equal(1)
      expect(stderr).to.contain('test')
    })

    it('an overlay changes each object, and nothing else', async () => {
      for (const level of ['baseline', 'restricted'] as const) {
        const own = FIXED.filter(({fix}) => fix.to === level)
        const overlay = join(folder, level)
        for (const {path, comments, body} of kustomization(own.map(({fix}) => fix))) {
          const whole = path === 'kustomization.yaml' ? {...(body as JsonObject), resources: ['objects.yaml']} : body
          write(overlay, path, `${comments.map(line => `# ${line}\n`).join('')}${JSON.stringify(whole, null, 2)}\n`)
        }
        write(overlay, 'objects.yaml', own.map(({object}) => JSON.stringify(object)).join('\n---\n'))
        const {status, stdout, stderr} = await kubectl(['kustomize', overlay])
        expect(status, stderr).to.equal(0)
        const made = new Map(parseAllDocuments(stdout).map(document => document.toJS() as KubeObject).map(object => [keyOf(object), object]))
        for (const one of own) isAs(one, made.get(keyOf(one.object)) ?? {apiVersion: '', kind: ''})
      }
    })
  })

function isAs({id, after, fix}: Fixed, made: KubeObject): void {
  expect(withoutEmpty(made), id).to.deep.equal(withoutEmpty(after))
  expect(new Set(refusedOf(made, fix.to, RULES).map(one => one.id)), id).to.deep.equal(new Set(fix.blocked.map(({control}) => control)))
}

function keyOf({kind, metadata}: KubeObject): string {
  return `${kind}/${String((metadata as JsonObject)['name'])}`
}

function write(folder: string, name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), {recursive: true})
  writeFileSync(path, text)
  return path
}

