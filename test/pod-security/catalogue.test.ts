import {expect} from 'chai'
import {CATALOGUE, controlNamed} from '../../src/pod-security/catalogue.js'
import {CONTROL_TABLE} from '../../src/pod-security/controls/table.js'
import {CONTROLS} from '../../src/pod-security/control.js'

describe('the catalogue of controls', () => {
  it('has a page for each, in the order of reports', () => expect(CATALOGUE.map(({id}) => id)).to.deep.equal(CONTROLS))

  for (const {id, level, windows} of CONTROL_TABLE)
    it(`tells of each version with which ${id} changes, and at which level it is`, () => {
      const page = CATALOGUE.find(one => one.id === id)
      expect(page?.rules.map(({since}) => since)).to.deep.equal(windows.map(({from}) => from))
      expect([page?.level, page?.since]).to.deep.equal([level, windows[0]?.from])
    })

  it('has whole sentences, and links that are links', () => {
    for (const {id, why, remediation, risk, references} of CATALOGUE) {
      for (const text of [why, remediation, risk]) expect(text, id).to.match(/^[A-Z a-z].*\.$/s)
      for (const {url} of references) expect(url).to.match(/^https:\/\/kubernetes\.io\/docs\/[a-z0-9/#-]+$/)
    }
  })

  it('names Trivy\'s checks by ids that exist, each with what it lacks', () => {
    const checks = CATALOGUE.flatMap(({trivy}) => trivy)
    for (const {id} of checks) expect(id).to.match(/^KSV-0\d{3}$/)
    // Host probes are looked at by no check of Trivy's: whoever adds one here has read it.
    expect(CATALOGUE.filter(({trivy}) => trivy.length === 0).map(({id}) => id)).to.deep.equal(['hostProbesAndHostLifecycle'])
  })

  const names: [string, string | undefined][] = [
    ['runAsUser', 'runAsUser'], ['RUNASUSER', 'runAsUser'], ['run-as-user', 'runAsUser'], ['capabilities restricted', 'capabilities_restricted'], ['seccompProfile-Baseline', 'seccompProfile_baseline'],
    ['KSV-0017', 'privileged'], ['avd-ksv-0105', 'runAsUser'], ['KSV027', 'procMount'], ['KSV-0009', 'hostNamespaces'], ['KSV-0108', undefined], ['KSV-', undefined],
    ['capabilities', undefined], ['', undefined], ['runAsUser/latent', undefined],
  ]
  for (const [text, id] of names) it(`finds ${id ?? 'none'} by ${JSON.stringify(text)}`, () => expect(controlNamed(text)?.id).to.equal(id))
})
