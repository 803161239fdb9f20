import {expect} from 'chai'
import {mergeKubeconfigs, select} from '../../src/kubeconfig/select.js'
import {parseKubeconfig} from '../../src/kubeconfig/parse.js'
import {judgeContext} from '../../src/trust/judge-context.js'
import {declaredFiles, judgeInput} from './declared-files.js'

const POD = '/var/run/secrets/kubernetes.io/serviceaccount'
const pem = (text: string): string => `-----BEGIN CERTIFICATE-----\n${Buffer.from(text).toString('base64')}\n-----END CERTIFICATE-----\n`
const data = (text: string): string => `certificate-authority-data: ${Buffer.from(pem(text)).toString('base64')}`

function judge(cluster: string, files: Record<string, string> = {[`${POD}/token`]: 't', [`${POD}/ca.crt`]: pem('pod')}) {
  const text = `
current-context: c
contexts: [{name: c, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "https://h.example", ${cluster}}}]
users: [{name: u, user: {tokenFile: ${POD}/token}}]
`
  const parsed = parseKubeconfig(Buffer.from(text), '/home/user/work/config', '/home/user/work')
  if (!parsed.ok) throw new Error(parsed.failure.message)
  return judgeContext(select(mergeKubeconfigs([parsed.config]), {}), {}, judgeInput({files: declaredFiles(files)}))
}

describe('the token of a pod', () => {
  const rows: [name: string, cluster: string, bearing: string][] = [
    ['with the authority beside it', `certificate-authority: ${POD}/ca.crt`, 'pass'],
    ['with the same authority inline', data('pod'), 'pass'],
    ['under another authority', data('evil'), 'ask'],
    ['under the system\'s authorities', '', 'ask'],
    ['under both', `certificate-authority-data: ${Buffer.from(pem('pod') + pem('evil')).toString('base64')}`, 'ask'],
    ['with no certificate', `certificate-authority-data: ${Buffer.from('x').toString('base64')}`, 'ask'],
    ['unproved with the right authority', `insecure-skip-tls-verify: true, certificate-authority: ${POD}/ca.crt`, 'ask'],
    ['unproved', 'insecure-skip-tls-verify: true', 'ask'],
  ]
  for (const [name, cluster, bearing] of rows) it(`${name}: ${bearing}`, () => expect(judge(cluster).bearing).to.equal(bearing))
  it('cannot be decided on without TLS', () => expect(judge('insecure-skip-tls-verify: true').pin).to.equal(null))
  it('goes nowhere where no authority lies beside it', () => expect(judge(data('pod'), {[`${POD}/token`]: 't'}).bearing).to.equal('ask'))
  it('is nothing to send where there is none: outside a pod', () => expect(judge(data('evil'), {}).bearing).to.equal('pass'))
  it('is named in the pin', () => expect(judge(data('evil')).pin?.path).to.equal(`${POD}/token`))
})
