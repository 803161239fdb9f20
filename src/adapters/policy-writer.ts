import {realpathSync, statSync} from 'node:fs'
import {UsageError} from '../errors.js'
import type {Pin} from '../trust/decisions.js'
import type {TrustPolicy} from '../trust/policy.js'
import {DEFAULT_POLICY, parsePolicy} from '../trust/policy.js'
import {readCapped} from './files.js'
import {withLock} from './lock.js'
import {writePrivate} from './private-directory.js'
import {PLAIN_YAML} from './yaml-text.js'

const EMPTY = 'apiVersion: k121.dev/v1\nkind: TrustPolicy\ncredentialPluginPolicy: Allowlist\ncatalogue: true\nplugins: []\n'

/**
 * Adds an entry to the trust file that people write: their comments and order
 * stay, and what comes out must read as what was there and the new entry, or
 * nothing is written.
 */
export async function addToPolicy(given: string, pin: Pin): Promise<void> {
  if (pin.command === '') throw new UsageError('bad-argument', 'a trust file lists programs, no stored credentials', 'leave --share out: the decision is this machine\'s')
  // The package is CommonJS to Node: a bundle sees the default export only.
  const {default: yaml} = await import('yaml')
  const file = endOf(given)
  withLock(`${file}.lock`, () => {
    const outcome = readCapped(file)
    if (!outcome.ok && outcome.reason !== 'missing') throw new UsageError('bad-trust-file', `the trust file ${outcome.detail}`, 'make it readable', {file})
    const before = outcome.ok ? outcome.bytes.toString('utf8') : EMPTY
    const text = withEntry(yaml, before, pin)
    assertOnlyAdded(file, before, text)
    return {value: undefined, commit: () => writePrivate(file, text, modeOf(file), true)}
  })
}

function withEntry({isSeq, parseDocument}: typeof import('yaml'), before: string, pin: Pin): string {
  const document = parseDocument(before)
  const entry = document.createNode({
    command: pin.path, args: pin.args, ...(pin.env.length === 0 ? {} : {env: pin.env.map(variable => variable.name)}),
    servers: pin.ca.map(ca => ({url: pin.server, ca})),
    ...(pin.script === null ? {} : {sha256: pin.script.sha256}),
  })
  const plugins = document.get('plugins')
  if (isSeq(plugins)) {
    plugins.flow = false
    plugins.add(entry)
  } else document.set('plugins', document.createNode([entry]))
  // What people wrote keeps its form.
  return document.toString(PLAIN_YAML)
}

function assertOnlyAdded(file: string, before: string, after: string): void {
  const [old, next] = [before, after].map(text => parsePolicy(Buffer.from(text)))
  const hint = 'add the entry by hand'
  if (next === undefined || !next.ok) throw new UsageError('bad-trust-file', next?.failure.message ?? 'the trust file cannot be read', hint, {file})
  const added = {...next.policy, plugins: next.policy.plugins.slice(0, -1)}
  if (meaning(added) !== meaning(old?.ok === true ? old.policy : DEFAULT_POLICY)) throw new UsageError('bad-trust-file', 'the trust file would read differently with one more entry', hint, {file})
}

function meaning({plugins, ...rest}: TrustPolicy): string {
  return JSON.stringify([rest, plugins.map(entry => ({...entry, line: 0}))])
}

/** People keep such files as links into a repository of their own: the link stays. */
function endOf(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    // It is not there yet.
    return file
  }
}

function modeOf(file: string): number {
  try {
    return statSync(file).mode & 0o755
  } catch {
    // A new one is the person's alone.
    return 0o600
  }
}
