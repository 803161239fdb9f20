// One pass through the engine, in a process of its own so that its memory is
// its own: `run.ts floor|ours SHAPE POLICIES PODS` prints seconds and findings.
import {evaluate} from '../../src/audit/engine.js'
import {defineFact} from '../../src/audit/fact.js'
import {readsOf} from '../../src/audit/reads.js'
import {serverVersion} from '../../src/audit/server-version.js'
import {CHECKS} from '../../src/checks/registry.js'
import type {ReadKey} from '../../src/kube/resources.js'
import {benchCluster} from './cluster.js'
import type {Shape} from './cluster.js'

const [what = 'ours', shape = 'spread', policies = '5000', pods = '20000'] = process.argv.slice(2)
/** All of the topic: what somebody runs. */
const checks = CHECKS.filter(({meta}) => meta.topic === 'dual-stack')
const reads: readonly ReadKey[] = readsOf(checks, [])

/** Sees every object that the checks see, and does nothing. */
const visits = defineFact<ReadKey, number>({
  id: 'visits', reads,
  create() {
    let seen = 0
    return {...Object.fromEntries(reads.map(key => [key, () => void seen++])), end: () => seen}
  },
})

const source = benchCluster({shape: shape as Shape, policies: Number(policies), pods: Number(pods)})
const started = process.hrtime.bigint()
const before = process.cpuUsage()
const findings = new Map<string, number>()
const isOurs = what === 'ours'
await evaluate({
  checks: isOurs ? checks : [], facts: isOurs ? [] : [visits], version: serverVersion, source, mayReadSecrets: false,
  onReport: ({meta}) => void findings.set(meta.id, (findings.get(meta.id) ?? 0) + 1),
})
const seconds = Number(process.hrtime.bigint() - started) / 1e9
const {user, system} = process.cpuUsage(before)
console.log(JSON.stringify({seconds, cpu: (user + system) / 1e6, findings: Object.fromEntries(findings)}))
