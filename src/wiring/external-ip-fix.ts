import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {codeOf} from '../adapters/error-code.js'
import {makeDirectories} from '../adapters/private-directory.js'
import {progressOn} from '../adapters/progress.js'
import {blockOf} from '../admission/external-ip-fix/allowed-blocks.js'
import type {Fix, FixTarget} from '../admission/external-ip-fix/fix.js'
import {EnvironmentError, UsageError} from '../errors.js'
import {EXIT} from '../exit-codes.js'
import type {FixOptions} from '../flows/fix-external-ips.js'
import {fixExternalIPs} from '../flows/fix-external-ips.js'
import type {Cidr} from '../network/cidr.js'
import {hasUnprintable, printable, quote} from '../printable.js'
import {fixDocumentText, fixText} from '../report/external-ip-fix.js'
import type {ClusterFlags} from './open-cluster.js'
import {openCluster} from './open-cluster.js'
import {writeWhole} from './outputs.js'
import {versionFrom} from './server-version-flag.js'
import {shownReads} from './shown-reads.js'

export interface FixFlags extends ClusterFlags {
  to: FixTarget
  allow?: readonly string[] | undefined
  controller?: readonly string[] | undefined
  out?: string | undefined
  'allow-incomplete': boolean
}

/** The documents on standard output, or a file each; what is missing also on standard error, where a pipe to kubectl does not swallow it. */
export async function runExternalIPFix(flags: FixFlags, version: string): Promise<void> {
  const options = optionsOf(flags)
  const fix = await readAndFix(flags, options, version)
  for (const warning of fix.warnings) process.stderr.write(`warning: ${printable(warning)}\n`)
  if (flags.out === undefined) process.stdout.write(fixText(fix))
  else if (fix.documents.length > 0) writeDocuments(flags.out, fix)
  else process.stderr.write([...fix.notes.map(note => `note: ${printable(note)}\n`), 'no document was written\n'].join(''))
  process.exitCode = fix.warnings.length === 0 || flags['allow-incomplete'] ? EXIT.ok : EXIT.incomplete
}

async function readAndFix(flags: ClusterFlags, options: FixOptions, version: string): Promise<Fix> {
  const progress = progressOn(process.stderr, Date.now)
  try {
    const {source} = await openCluster(flags, progress, version)
    try {
      return await fixExternalIPs(options, {source, onRead: shownReads(progress, flags)})
    } finally {
      await source.close()
    }
  } finally {
    progress.end()
  }
}

function optionsOf({to, allow = [], controller = [], 'server-version': minor}: FixFlags): FixOptions {
  if (to === 'deny-plugin' && allow.length + controller.length > 0)
    throw new UsageError('bad-argument', `--${allow.length > 0 ? 'allow' : 'controller'} has no meaning with --to deny-plugin: the plugin lets nothing and nobody through`, 'take it away, or choose --to vap, gatekeeper or kyverno')
  return {target: to, allow: allow.map(allowed), controllers: controller.map(userNamed), version: versionFrom(minor)}
}

function allowed(text: string): Cidr {
  const block = blockOf(text)
  if (block === null) throw new UsageError('bad-argument', `--allow ${quote(text)} is neither an address nor a block`, 'such as 203.0.113.7 or 203.0.113.0/28')
  return block
}

function userNamed(text: string): string {
  if (text === '' || hasUnprintable(text)) throw new UsageError('bad-argument', `--controller ${quote(text)} is no user name`, 'such as system:serviceaccount:metallb-system:controller')
  return text
}

function writeDocuments(directory: string, fix: Fix): void {
  try {
    makeDirectories(directory, 0o777)
    // What is there and is no directory is told here, and not by the first file.
    readdirSync(directory)
  } catch (error) {
    throw new EnvironmentError('store-unwritable', `cannot make the directory ${printable(directory)} (${codeOf(error)})`, 'name one that you may write')
  }
  for (const [index, document] of fix.documents.entries()) {
    const file = join(directory, document.file)
    writeWhole(file, [fixDocumentText(document, index === 0 ? fix : {warnings: [], notes: []})])
    process.stderr.write(`wrote ${printable(file)}\n`)
  }
}
