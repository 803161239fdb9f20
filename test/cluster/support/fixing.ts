import {symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {parseAllDocuments} from 'yaml'
import type {KubeObject} from '../../../src/kube/json.js'
import {kubectlBinary} from '../../support/kubectl-binaries.js'
import type {ProcessResult} from '../../support/run-process.js'
import {runProcess} from '../../support/run-process.js'
import type {World} from '../../support/world.js'
import {GUARD, createWorld} from '../../support/world.js'
import type {RealApiServer} from './api-server.js'

/** A person who types `kubectl …` as a user of one server; our program is kubectl's plugin. */
export interface Person {
  kubectl(user: string, argv: readonly string[], input?: string): Promise<ProcessResult>
  /** `kubectl k121 external-ips fix --to …` */
  fix(target: string, flags?: readonly string[]): Promise<ProcessResult>
}

const SLOW_MS = 60_000

export function withPerson(server: () => RealApiServer): () => Person {
  let world: World | undefined
  before(async () => {
    world = createWorld(await kubectlBinary(36))
    for (const [name, target] of [['kubectl', world.kubectl], ['kubectl-k121', GUARD], ['node', process.execPath]] as const) symlinkSync(target, join(world.bin, name))
  })
  after(() => world?.close())
  const kubectl: Person['kubectl'] = async (user, argv, input) => {
    const {bin, cwd, env, home} = world!
    const file = await server().kubeconfig(user, join(home, `${user}.kubeconfig`))
    return runProcess(join(bin, 'kubectl'), argv, {cwd, env: {...env, KUBECONFIG: file}, timeout: SLOW_MS, ...(input === undefined ? {} : {input})})
  }
  return () => ({kubectl, fix: (target, flags = []) => kubectl('admin', ['k121', 'external-ips', 'fix', '--to', target, ...flags])})
}

export function documentsIn(text: string): KubeObject[] {
  return parseAllDocuments(text).map(document => document.toJS() as KubeObject)
}
