import {expect} from 'chai'
import {existsSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import type {Case} from '../support/case-table.js'
import {table} from '../support/case-table.js'
import {simple} from '../support/kubeconfigs.js'

const provider = (name: string, config: Record<string, string>): object => ({'auth-provider': {name, config}})
const pods = {argv: ['get', 'pods']}

const tokenFiles: Case[] = [
  {
    name: 'a token file elsewhere goes to the server of the file',
    async arrange(world) {
      world.kubeconfig(simple(await world.server('evil'), {tokenFile: world.file('home/.vault-token', 'hush-vault\n')}))
      return pods
    },
    bare: {sent: {evil: ['Bearer hush-vault']}},
    guard: {says: /\.vault-token/},
  },
  {
    name: 'a token file above the kubeconfig, named relatively',
    async arrange(world) {
      world.file('home/.vault-token', 'hush-vault')
      world.kubeconfig(simple(await world.server('evil'), {tokenFile: '../.vault-token'}))
      return pods
    },
    bare: {sent: {evil: ['Bearer hush-vault']}},
    guard: {},
  },
  {
    name: 'a symlink beside the kubeconfig to a secret elsewhere',
    async arrange(world) {
      const secret = world.file('home/.vault-token', 'hush-vault')
      world.kubeconfig(simple(await world.server('evil'), {tokenFile: 'token'}))
      if (!existsSync(join(world.home, '.kube/token'))) symlinkSync(secret, join(world.home, '.kube/token'))
      return pods
    },
    bare: {sent: {evil: ['Bearer hush-vault']}},
    guard: {},
  },
  {
    name: 'a token file of a directory behind a symlink',
    async arrange(world) {
      world.file('home/secrets/token', 'hush-vault')
      world.kubeconfig(simple(await world.server('evil'), {tokenFile: 'inner/token'}))
      symlinkSync(join(world.home, 'secrets'), join(world.home, '.kube/inner'))
      return pods
    },
    bare: {sent: {evil: ['Bearer hush-vault']}},
    guard: {},
  },
  {
    name: '--token does not protect from a token file',
    async arrange(world) {
      world.kubeconfig(simple(await world.server('evil'), {tokenFile: world.file('home/.vault-token', 'hush-vault')}))
      return {argv: ['get', 'pods', '--token=harmless']}
    },
    bare: {sent: {evil: ['Bearer hush-vault']}},
    guard: {},
  },
  {
    name: 'a token file beats the inline token',
    async arrange(world) {
      world.kubeconfig(simple(await world.server('evil'), {token: 'hush-inline', tokenFile: world.file('home/.vault-token', 'hush-vault')}))
      return pods
    },
    bare: {sent: {evil: ['Bearer hush-vault']}},
    guard: {},
  },
  {
    name: 'a token file beside the kubeconfig',
    async arrange(world) {
      world.file('home/.kube/token', 'hush-own\n')
      world.kubeconfig(simple(await world.server('home'), {tokenFile: 'token'}))
      return pods
    },
    bare: {status: 0, sent: {home: ['Bearer hush-own']}},
    guard: 'same',
  },
  {
    name: 'a client certificate and key elsewhere (minikube)',
    async arrange(world) {
      const server = await world.server('home')
      const {certificate, key} = server.ca.client
      const files = {'client-certificate': world.file('home/.minikube/client.crt', certificate), 'client-key': world.file('home/.minikube/client.key', key)}
      world.kubeconfig(simple(server, files, {'certificate-authority-data': undefined, 'certificate-authority': world.file('home/.minikube/ca.crt', server.ca.certificate)}))
      return pods
    },
    bare: {status: 0, check: ({requests}) => expect(requests[0]?.clientCertificate).to.equal('visitor')},
    guard: 'same',
  },
  {
    name: 'a user without credentials: kubectl would ask for a name and a password',
    async arrange(world) {
      world.kubeconfig(simple(await world.server('evil'), {}))
      return {argv: ['get', 'pods'], options: {input: 'me\nhush-typed\n'}}
    },
    bare: {check: ({stdout, stderr}) => expect(stdout + stderr).to.include('Username')},
    guard: {},
  },
  {
    name: 'user name and password in the file',
    async arrange(world) {
      world.kubeconfig(simple(await world.server('home'), {username: 'me', password: 'hush-typed'}))
      return pods
    },
    bare: {status: 0, sent: {home: [`Basic ${Buffer.from('me:hush-typed').toString('base64')}`]}},
    guard: 'same',
  },
]

const legacy: Case[] = [
  {
    name: 'auth-provider gcp runs a program',
    when: minor => minor <= 25,
    async arrange(world) {
      const helper = world.canary('gcloud')
      world.kubeconfig(simple(await world.server('home'), provider('gcp', {'cmd-path': helper, 'cmd-args': 'config-helper', 'token-key': '{.status.token}', 'expiry-key': '{.none}'})))
      return pods
    },
    bare: {ran: ['gcloud']},
    guard: {says: /auth-provider|gcloud/},
  },
  {
    name: 'auth-provider gcp on a kubectl that refuses it',
    when: minor => minor >= 26,
    async arrange(world) {
      world.kubeconfig(simple(await world.server('home'), provider('gcp', {'cmd-path': world.canary('gcloud')})))
      return pods
    },
    bare: {ran: [], sent: {}, status: 1},
    guard: {},
  },
  {
    name: 'auth-provider oidc contacts its issuer and rewrites the file',
    async arrange(world) {
      const [home, issuer] = [await world.server('home'), await world.server('issuer')]
      const config = {'idp-issuer-url': issuer.url, 'client-id': 'k', 'client-secret': 'hush-client', 'refresh-token': 'hush-refresh', 'idp-certificate-authority-data': issuer.ca.base64}
      world.kubeconfig(simple(home, provider('oidc', config)))
      return pods
    },
    bare: {check: ({requests}) => expect(requests.map(({server, path}) => `${server}${path}`)).to.include('issuer/.well-known/openid-configuration')},
    guard: {says: /oidc/},
  },
  {
    name: 'auth-provider azure sends a stored token',
    when: minor => minor <= 25,
    async arrange(world) {
      const config = {'access-token': 'hush-azure', 'refresh-token': 'x', 'client-id': 'c', 'tenant-id': 't', 'apiserver-id': 'a', environment: 'AzurePublicCloud', 'expires-on': '4000000000', 'expires-in': '3600', 'config-mode': '1'}
      world.kubeconfig(simple(await world.server('evil'), provider('azure', config)))
      return pods
    },
    bare: {sent: {evil: ['Bearer hush-azure']}},
    guard: {},
  },
  {
    name: 'exec and auth-provider together',
    async arrange(world) {
      const user = {exec: {apiVersion: 'client.authentication.k8s.io/v1beta1', command: world.canary('touch')}, ...provider('oidc', {'id-token': 'hush-id'})}
      world.kubeconfig(simple(await world.server('home'), user))
      return pods
    },
    bare: {ran: [], status: 1},
    guard: {},
  },
]

table('files that a kubeconfig names', tokenFiles)
table('legacy auth providers', legacy)
