import {expect} from 'chai'
import type {Json} from '../../src/kube/json.js'
import {jsonOf} from '../../src/kubeconfig/node-json.js'
import {readYaml} from '../../src/kubeconfig/read-yaml.js'
import {pathIn, readAdmissionConfig} from '../../src/pod-security/psa-config-file.js'
import {limitFor} from '../../src/pod-security/psa-config.js'
import {MODES} from '../../src/pod-security/labels.js'
import {CONFIG_FILES} from './psa-config-files.js'

function documentOf(text: string): Json {
  const read = readYaml(Buffer.from(text))
  if (!read.ok) throw new Error(read.failure.message)
  return jsonOf(read.root) as Json
}

describe('readAdmissionConfig', () => {
  for (const {name, text, included, refused, policy = 'privileged:latest privileged:latest privileged:latest', notes = [], limits = []} of CONFIG_FILES) {
    it(name, () => {
      const reading = readAdmissionConfig(documentOf(text), included === undefined || included === '' ? undefined : documentOf(included))
      if (refused !== undefined) return expect(reading.ok ? 'taken' : `${reading.isIncluded ? 'included ' : ''}${reading.path}: ${reading.message}`).to.match(refused)
      if (!reading.ok) throw new Error(`${reading.path} ${reading.message}`)
      const {config} = reading
      expect(MODES.map(mode => `${config.defaults[mode].level}:${config.defaults[mode].version}`).join(' ')).to.equal(policy)
      expect(config.notes.map(({path, message}) => `${path} ${message}`)).to.have.length(notes.length)
      for (const [index, note] of notes.entries()) expect(`${config.notes[index]?.path} ${config.notes[index]?.message}`).to.match(note)
      expect([24, 30, 37].filter(minor => limitFor(config, minor) !== null)).to.deep.equal(limits)
    })
  }

  it('says which file has to be read too, as the server looks for it', () => {
    const outer = (entry: string): string => `apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: EventRateLimit\n  path: other.yaml\n- ${entry}\n`
    expect(pathIn(documentOf(outer('{name: PodSecurity, path: psa.yaml}')))).to.equal('psa.yaml')
    expect(pathIn(documentOf(outer('{name: PodSecurity, path: psa.yaml, configuration: {}}')))).to.equal(null)
    expect(pathIn(documentOf(outer('{name: PodSecurity, path: psa.yaml, configuration: null}')))).to.equal('psa.yaml')
    expect(pathIn(documentOf(outer('{name: PodSecurity}')))).to.equal(null)
    expect(pathIn(documentOf(outer('{name: 1, path: x}')))).to.equal(null)
    expect(pathIn('text')).to.equal(null)
  })

  it('keeps exemptions apart', () => {
    const reading = readAdmissionConfig(documentOf('apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\nexemptions: {usernames: [a], namespaces: [b], runtimeClasses: [c.d]}\n'))
    expect(reading.ok && reading.config.exemptions).to.deep.equal({usernames: ['a'], namespaces: ['b'], runtimeClasses: ['c.d']})
  })
})
