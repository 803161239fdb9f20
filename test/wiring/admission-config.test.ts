import {expect} from 'chai'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {UsageError} from '../../src/errors.js'
import {loadAdmissionConfig, withAdmissionConfig} from '../../src/wiring/admission-config.js'
import {declaredSource} from '../support/declared-source.js'
import {BARE_CONFIG} from '../pod-security/psa-config-files.js'

const OUTER = 'apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: PodSecurity\n'

describe('loadAdmissionConfig', () => {
  let directory = ''
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'k121-config-'))
    writeFileSync(join(directory, 'good.yaml'), BARE_CONFIG('defaults: {enforce: baseline}\n', 'v1'))
    writeFileSync(join(directory, 'bad.yaml'), BARE_CONFIG('exemptions:\n  namespaces:\n  - a\n  - "kube-*"\n'))
    writeFileSync(join(directory, 'empty.yaml'), '')
  })
  after(() => rmSync(directory, {recursive: true}))

  const load = (text: string, version?: string): ReturnType<typeof loadAdmissionConfig> => {
    const file = join(directory, 'admission.yaml')
    writeFileSync(file, text)
    return loadAdmissionConfig(file, version)
  }
  const errorOf = (text: string, version?: string): string => {
    try {
      load(text, version)
    } catch (error) {
      // Exit code 2: nothing was looked at.
      if (error instanceof UsageError && error.code === 'bad-argument') return `${error.place?.file.slice(directory.length + 1)}:${error.place?.line}:${error.place?.column} ${error.message}`
      throw error
    }
    return 'taken'
  }

  const rows: [string, string, string | RegExp, string?][] = [
    ['a mistake', `${OUTER}  configuration:\n    apiVersion: pod-security.admission.config.k8s.io/v1\n    kind: PodSecurityConfiguration\n    exemptions:\n      runtimeClassNames: [kata]\n`, /^admission\.yaml:9:26 plugins\[0\]\.configuration\.exemptions\.runtimeClassNames is no field, and the server refuses it; runtimeClasses is meant$/],
    ['a mistake in the file that it names', `${OUTER}  path: bad.yaml\n`, /^bad\.yaml:6:5 exemptions\.namespaces\[1\] is the name of no namespace/],
    ['a file that is not there', `${OUTER}  path: gone.yaml\n`, /^admission\.yaml:undefined:undefined the configuration of PodSecurity is in gone\.yaml, which/],
    ['no YAML', 'a: [', /^admission\.yaml:1:/],
    ['an empty file', '', /^admission\.yaml:1:1 the file is neither an AdmissionConfiguration/],
    ['a server that is too old', `${OUTER}  path: good.yaml\n`, /^good\.yaml:1:13 apiVersion is one that servers read from 1\.25 on only$/, '1.24'],
    ['a server that is strict', `${OUTER}  path: good.yaml\n  pfad: x\n`, /^admission\.yaml:6:9 plugins\[0\]\.pfad is no field, and servers from 1\.32 on refuse it/, 'v1.32.1'],
    ['a server that is not', `${OUTER}  path: good.yaml\n  pfad: x\n`, 'taken', 'v1.31.9'],
    ['no version', `${OUTER}  path: good.yaml\n`, 'taken'],
  ]
  for (const [name, text, expected, version] of rows) {
    it(name, () => (expected instanceof RegExp ? expect(errorOf(text, version)).to.match(expected) : expect(errorOf(text, version)).to.equal(expected)))
  }

  it('says what the server passes over', () => {
    expect(load(`${OUTER}  path: empty.yaml\n- name: PodSecurtiy\n`).notes.map(note => note.slice(directory.length + 1))).to.deep.equal([
      'admission.yaml:6:9: plugins[1].name "PodSecurtiy" is no admission plugin, and the server skips the entry',
      'admission.yaml:5:9: plugins[0].path names an empty file: the built-in defaults hold, and nothing is exempt',
    ])
  })

  it('answers its row of any cluster', async () => {
    const source = withAdmissionConfig(declaredSource({objects: []}), load(`${OUTER}  path: good.yaml\n`))
    const page = await source.read({key: 'admission-config'}).next()
    expect(page.value).to.containSubset([{kind: 'AdmissionConfig', included: {defaults: {enforce: 'baseline'}}}])
    expect((await source.read({key: 'version'}).next()).value).to.include({outcome: 'not-served'})
  })
})
