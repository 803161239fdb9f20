import {symlinkSync} from 'node:fs'
import {join} from 'node:path'
import type {AuditReport} from '../../../src/audit/audit-report.js'
import type {Finding} from '../../../src/audit/finding.js'
import {kubectlBinary} from '../../support/kubectl-binaries.js'
import type {ProcessOptions, ProcessResult} from '../../support/run-process.js'
import {runProcess} from '../../support/run-process.js'
import type {World} from '../../support/world.js'
import {GUARD, createWorld} from '../../support/world.js'
import type {RealApiServer} from './api-server.js'

/** What `-o json` prints, with its findings in one list. */
export interface Audited {
  status: number | null
  stderr: string
  cluster: AuditReport['cluster'] & Pick<AuditReport, 'completeness' | 'checks' | 'summary'> & {findings: readonly Finding[]}
}

/** A person's machine: a real kubectl and Node on PATH, and our program beside them as kubectl's plugin. */
export interface Machine {
  world: World
  /** As typed: `kubectl k121 audit …` is `kubectl(['k121', 'audit', …])`. */
  kubectl(argv: readonly string[], options?: Partial<ProcessOptions>): Promise<ProcessResult>
  /** `kubectl k121 audit -o json …` as a user of this server. */
  audit(server: RealApiServer, user: string, flags?: readonly string[]): Promise<Audited>
  close(): Promise<void>
}

const SLOW_MS = 110_000

export async function createMachine(minor = 36): Promise<Machine> {
  const world = createWorld(await kubectlBinary(minor))
  for (const [name, target] of [['kubectl', world.kubectl], ['kubectl-k121', GUARD], ['node', process.execPath]] as const) symlinkSync(target, join(world.bin, name))
  const kubectl: Machine['kubectl'] = (argv, options) => runProcess(join(world.bin, 'kubectl'), argv, {cwd: world.cwd, timeout: SLOW_MS, ...options, env: {...world.env, ...options?.env}})
  let files = 0
  return {
    world, kubectl,
    audit: async (server, user, flags = []) => {
      // A file of its own for each: audits may run side by side.
      const file = await server.kubeconfig(user, join(world.home, `${user}-${++files}.kubeconfig`))
      const {status, stdout, stderr} = await kubectl(['k121', 'audit', '-o', 'json', '--kubeconfig', file, ...flags])
      if (!stdout.startsWith('{')) throw new Error(`no report, exit ${status}: ${stderr}${stdout.slice(0, 2000)}`)
      const {clusters: [cluster]} = JSON.parse(stdout) as {clusters: [Audited['cluster']]}
      return {status, stderr, cluster}
    },
    close: () => world.close(),
  }
}

/** A machine that is there for one `describe`, with a kubectl of this minor. */
export function withMachine(minor?: number): () => Machine {
  let machine: Machine | undefined
  before(async () => {
    machine = await createMachine(minor)
  })
  after(() => machine?.close())
  return () => machine!
}
