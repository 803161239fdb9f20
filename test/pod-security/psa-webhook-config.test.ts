import {expect} from 'chai'
import {psaWebhookConfig} from '../../src/pod-security/psa-webhook-config.js'
import {factOf, object} from '../support/declared-facts.js'
import {BARE_CONFIG} from './psa-config-files.js'

const map = (data: Record<string, string>): ReturnType<typeof object> => object('v1', 'ConfigMap', 'pod-security-webhook/pod-security-webhook', {data})
const KEY = 'podsecurityconfiguration.yaml'

describe('psaWebhookConfig', () => {
  it('reads the ConfigMap of the webhook, and no other', async () => {
    const known = await factOf(psaWebhookConfig, {objects: [object('v1', 'ConfigMap', 'other/pod-security-webhook', {data: {[KEY]: 'x'}}), map({[KEY]: BARE_CONFIG('defaults: {enforce: baseline}\nexemptions: {namespaces: [kube-system]}\n', 'v1')})]})
    expect(known).to.containSubset({kind: 'known', config: {defaults: {enforce: {level: 'baseline', version: 'latest'}}, exemptions: {namespaces: ['kube-system']}}})
    expect(await factOf(psaWebhookConfig, {objects: []})).to.deep.equal({kind: 'absent'})
    expect(await factOf(psaWebhookConfig, {objects: [map({[KEY]: ''})]})).to.containSubset({kind: 'known', config: {defaults: {enforce: {level: 'privileged'}}}})
  })

  const unknown: [string, Record<string, string>, RegExp][] = [
    ['no such key', {other: 'x'}, /has no podsecurityconfiguration\.yaml/],
    ['no YAML', {[KEY]: 'a: [\n'}, /^line \d+ of its configuration/],
    ['a mistake', {[KEY]: BARE_CONFIG('defaults: {enforce: strict}\n')}, /would not start.*defaults\.enforce is no level/],
    ['the outer file of an API server, which it does not take', {[KEY]: 'apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\n'}, /would not start.*apiVersion/],
  ]
  for (const [name, data, why] of unknown) {
    it(`does not know it with ${name}`, async () => {
      const config = await factOf(psaWebhookConfig, {objects: [map(data)]})
      expect(config.kind === 'unknown' ? config.why : config.kind).to.match(why)
    })
  }

  it('does not know it where it may not be read', async () => {
    expect(await factOf(psaWebhookConfig, {objects: [], unread: {'psa-webhook-config': 'forbidden'}})).to.include({kind: 'unknown'})
    expect(await factOf(psaWebhookConfig, {objects: [], unread: {'psa-webhook-config': 'not-in-input'}})).to.deep.equal({kind: 'absent'})
  })
})
