import {expect} from 'chai'
import type {Delivery, Environment} from '../../src/guard/environment.js'
import {cleanPath, kubectlEnvironment, originalEnvironment} from '../../src/guard/environment.js'

const ON_SNAPSHOT: Delivery = {snapshot: '/run/x.json', keepKuberc: false}
const ON_ORIGINAL: Delivery = {snapshot: null, keepKuberc: false}
const ADDED = {KUBERC: 'off', KUBECONFIG: '/run/x.json'}

describe('kubectlEnvironment', () => {
  const rows: [name: string, given: Environment, wanted: Environment, delivery?: Delivery][] = [
    ['adds the snapshot and turns kuberc off', {A: '1'}, {A: '1', ...ADDED}],
    ['replaces KUBECONFIG', {KUBECONFIG: '/evil'}, ADDED],
    ['cleans PATH', {PATH: '.:/a::b:/c:'}, {PATH: '/a:/c', ...ADDED}],
    ['takes execerrdot out of GODEBUG', {GODEBUG: 'http2debug=1,execerrdot=0'}, {GODEBUG: 'http2debug=1', ...ADDED}],
    ['whatever stands around it', {GODEBUG: ' execerrdot=0'}, ADDED],
    ['keeps other GODEBUG', {GODEBUG: 'x=1,y=2'}, {GODEBUG: 'x=1,y=2', ...ADDED}],
    ['drops what would redirect', {KUBERNETES_MASTER: 'http://evil', KUBERNETES_EXEC_INFO: '{}'}, ADDED],
    ['drops the pod\'s own server', {KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443'}, ADDED],
    ['drops a kuberc', {KUBERC: '/evil', KUBECTL_KUBERC: 'true'}, ADDED],
    ['leaves the files of `config` alone', {KUBECONFIG: '/mine', KUBERNETES_SERVICE_HOST: '10.0.0.1'}, {KUBECONFIG: '/mine', KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERC: 'off'}, ON_ORIGINAL],
    ['leaves the preferences of `kuberc` alone', {KUBERC: '/mine', KUBECTL_KUBERC: 'true'}, {KUBERC: '/mine', KUBECTL_KUBERC: 'true', KUBECONFIG: '/run/x.json'}, {...ON_SNAPSHOT, keepKuberc: true}],
  ]
  for (const [name, given, wanted, delivery = ON_SNAPSHOT] of rows) {
    it(name, () => {
      const before = {...given}
      expect(kubectlEnvironment(given, delivery)).to.deep.equal(wanted)
      expect(given, 'ours is not changed').to.deep.equal(before)
    })
  }
})

describe('originalEnvironment', () => {
  const rows: [name: string, given: Environment, wanted: Environment][] = [
    ['nothing held back', {NODE_OPTIONS: '--x'}, {NODE_OPTIONS: '--x'}],
    ['what the shell function held back', {NODE_OPTIONS: '', K121_NODE_OPTIONS: '--x'}, {NODE_OPTIONS: '--x'}],
    ['held back because there was nothing', {NODE_OPTIONS: '', K121_NODE_OPTIONS: '', NODE_EXTRA_CA_CERTS: '', K121_NODE_EXTRA_CA_CERTS: ''}, {}],
    ['certificates', {NODE_EXTRA_CA_CERTS: '', K121_NODE_EXTRA_CA_CERTS: '/ca'}, {NODE_EXTRA_CA_CERTS: '/ca'}],
  ]
  for (const [name, given, wanted] of rows) it(name, () => expect(originalEnvironment(given)).to.deep.equal(wanted))
})

describe('cleanPath', () => {
  const rows: [path: string, wanted: string][] = [['', ''], ['.', ''], ['a', ''], ['/a', '/a'], [':/a:', '/a'], ['~/bin:/a', '/a'], ['/a:./b:/c', '/a:/c'], ['/a/../b', '/a/../b']]
  for (const [path, wanted] of rows) it(JSON.stringify(path), () => expect(cleanPath(path)).to.equal(wanted))
})
