import {readCapped} from './files.js'
import {writePrivate} from './private-directory.js'
import {UsageError} from '../errors.js'
import type {Pin} from '../trust/decisions.js'
import {parsePolicy} from '../trust/policy.js'

const EMPTY = 'apiVersion: k121.dev/v1\nkind: TrustPolicy\ncredentialPluginPolicy: Allowlist\ncatalogue: true\nplugins: []\n'

/**
 * Adds an entry to the trust file that people write: their comments and order
 * stay, and what comes out must be a policy that we read, or nothing is written.
 */
export async function addToPolicy(file: string, pin: Pin): Promise<void> {
  const {isSeq, parseDocument} = await import('yaml')
  const outcome = readCapped(file)
  if (!outcome.ok && outcome.reason !== 'missing') throw new UsageError('bad-trust-file', `the trust file ${outcome.detail}`, 'make it readable', {file})
  const document = parseDocument(outcome.ok ? outcome.bytes.toString('utf8') : EMPTY)
  const plugins = document.get('plugins')
  const entry = document.createNode({
    command: pin.path, args: pin.args, ...(pin.env.length === 0 ? {} : {env: pin.env.map(variable => variable.name)}),
    servers: pin.ca.map(ca => ({url: pin.server, ca})),
    ...(pin.script === null ? {} : {sha256: pin.script.sha256}),
  })
  if (isSeq(plugins)) {
    plugins.flow = false
    plugins.add(entry)
  } else document.set('plugins', document.createNode([entry]))
  const text = document.toString({lineWidth: 0})
  const check = parsePolicy(Buffer.from(text))
  if (!check.ok) throw new UsageError('bad-trust-file', check.failure.message, 'add the entry by hand', {file, line: check.failure.line, column: check.failure.column})
  writePrivate(file, text)
}
