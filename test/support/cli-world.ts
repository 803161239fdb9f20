import {createHash} from 'node:crypto'
import {chmodSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Outcome, RunOptions, World} from './world.js'
import {createWorld} from './world.js'

/** Not a certificate, but PEM that we take for one: no TLS is spoken in these tests. */
export const CA = Buffer.from(`-----BEGIN CERTIFICATE-----\n${Buffer.from('authority of the tests').toString('base64')}\n-----END CERTIFICATE-----\n`).toString('base64')
export const FINGERPRINT = `sha256:${createHash('sha256').update('authority of the tests').digest('hex')}`
export const SERVER = 'https://api.cluster.test:6443'

export interface CliWorld extends World {
  /** The guard in front of a script that only stands in for kubectl, and says so. */
  guard(argv: readonly string[], options?: RunOptions): Promise<Outcome>
}

/** A machine with a stand-in for kubectl: it prints its arguments and the configuration that it was given. */
export async function inCliWorld(body: (world: CliWorld) => Promise<void>): Promise<void> {
  const world = createWorld('/unused')
  const standIn = join(world.bin, 'kubectl')
  writeFileSync(standIn, '#!/bin/sh\necho "stand-in for kubectl: $*"\n[ -z "$KUBECONFIG" ] || /bin/cat "$KUBECONFIG"\n')
  chmodSync(standIn, 0o755)
  try {
    await body({...world, kubectl: standIn, guard: (argv, options) => world.guarded(argv, {kubectl: standIn, ...options})})
  } finally {
    await world.close()
  }
}

export interface Parts {
  /** Flow mapping of `user`. */
  user: string
  server?: string
}

/** One context `main` in block YAML: the user starts on line 12. */
export function oneContext({user, server = SERVER}: Parts): string {
  return `apiVersion: v1
kind: Config
current-context: main
clusters:
- name: main
  cluster: {server: "${server}", certificate-authority-data: ${CA}}
contexts:
- name: main
  context: {cluster: main, user: me}
users:
- name: me
  user: {${user}}
`
}

export function execUser(command: string, args: readonly string[] = []): string {
  return `exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: IfAvailable, command: ${JSON.stringify(command)}, args: ${JSON.stringify(args)}}`
}

/** No stack of ours and no text that a terminal obeys in either stream. */
export function isCalm({stdout, stderr}: Outcome): boolean {
  // oxlint-disable-next-line no-control-regex
  return !/\n\s+at .*(:\d+|\))|This is a bug|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(stdout + stderr)
}
