import {Flags} from '@oclif/core'

const GROUP = 'CONNECTION'

/** The flags by which people tell kubectl where to go and as whom. They reach kubectl as they were typed. */
export const CONNECTION_FLAGS = {
  context: Flags.string({summary: 'Context to audit; the current one when left out.', helpGroup: GROUP}),
  kubeconfig: Flags.string({summary: 'The kubeconfig file; KUBECONFIG, else ~/.kube/config when left out.', helpGroup: GROUP}),
  cluster: Flags.string({summary: 'Cluster entry of the kubeconfig.', helpGroup: GROUP}),
  user: Flags.string({summary: 'User entry of the kubeconfig.', helpGroup: GROUP}),
  server: Flags.string({char: 's', summary: 'Address of the API server.', helpGroup: GROUP}),
  as: Flags.string({summary: 'User to impersonate.', helpGroup: GROUP}),
  'as-uid': Flags.string({summary: 'UID to impersonate.', helpGroup: GROUP}),
  'as-group': Flags.string({multiple: true, summary: 'Group to impersonate; may be repeated.', helpGroup: GROUP}),
  'as-user-extra': Flags.string({multiple: true, summary: 'key=value to impersonate; may be repeated.', helpGroup: GROUP}),
  token: Flags.string({summary: 'Bearer token for the API server.', helpGroup: GROUP}),
  'client-certificate': Flags.string({summary: 'Client certificate file.', helpGroup: GROUP}),
  'client-key': Flags.string({summary: 'Client key file.', helpGroup: GROUP}),
  'certificate-authority': Flags.string({summary: 'Certificate authority file.', helpGroup: GROUP}),
  'tls-server-name': Flags.string({summary: 'Name that the server\'s certificate must bear.', helpGroup: GROUP}),
  'insecure-skip-tls-verify': Flags.boolean({summary: 'Do not verify the server\'s certificate.', helpGroup: GROUP}),
  'cache-dir': Flags.string({summary: "kubectl's cache directory.", helpGroup: GROUP}),
  'request-timeout': Flags.string({default: '60s', summary: 'How long one request may take (30s, 2m); 0: for ever.', helpGroup: GROUP}),
  'disable-compression': Flags.boolean({summary: 'Do not ask for compressed answers.', helpGroup: GROUP}),
  kubectl: Flags.string({summary: 'The kubectl to start; the first one on PATH when left out.', helpGroup: GROUP}),
  'trust-file': Flags.string({summary: 'The trust file; ~/.config/k121/trust.yaml when left out.', helpGroup: GROUP}),
}

/** Ours, not kubectl's: the client's own timeout and compression, and how the guard judges. */
const OWN = ['kubectl', 'trust-file', 'request-timeout', 'disable-compression']

/** The same flags as words for kubectl; `--flag=value`, so that no value can be taken for a flag. */
export function connectionWords(flags: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(CONNECTION_FLAGS).filter(name => !OWN.includes(name)).flatMap(name => {
    const value = flags[name]
    if (value === undefined || value === false) return []
    if (value === true) return [`--${name}`]
    return (Array.isArray(value) ? value : [value]).map(one => `--${name}=${String(one)}`)
  })
}

/** Those that were given: with files there is no connection that they could choose. */
export function connectionFlagsGiven(flags: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(CONNECTION_FLAGS).filter(name => name !== 'request-timeout' && flags[name] !== undefined && flags[name] !== false)
}
