import type {Metafile} from 'esbuild'
import {existsSync, readFileSync, readdirSync} from 'node:fs'
import {join} from 'node:path'

export interface Bundled {
  name: string
  version: string
  license: string
  author: string
  /** Its licence and notices as it ships them; empty when it ships none. */
  texts: string[]
}

/** The packages of which something really ended up in the bundle, by name. */
export function bundledPackages(metafile: Metafile): Bundled[] {
  const inputs = Object.values(metafile.outputs).flatMap(output => Object.entries(output.inputs))
  const roots = new Set(inputs.filter(([, {bytesInOutput}]) => bytesInOutput > 0).flatMap(([path]) => rootOf(path)))
  return [...roots].map(read).toSorted((a, b) => order(a.name, b.name) || order(a.version, b.version))
}

/** One text for all, in the order of names. */
export function thirdPartyNotices(packages: readonly Bundled[]): string {
  const head = 'kubectl-k121 contains code of these packages, each under its own licence.\n'
  return [head, ...packages.map(notice)].join(`\n${'-'.repeat(80)}\n\n`)
}

function notice({name, version, license, author, texts}: Bundled): string {
  const body = texts.length > 0 ? texts.join('\n\n') : `The package carries no licence text of its own; its author names ${license}.`
  return `${name} ${version}\nLicence: ${license}\n${author === '' ? '' : `Author: ${author}\n`}\n${body}\n`
}

function rootOf(path: string): string[] {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? []
}

function read(root: string): Bundled {
  const {name, version, license, author} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>
  if (typeof name !== 'string' || typeof version !== 'string') throw new Error(`${root} names no package`)
  // Without a licence we may not hand it on.
  if (typeof license !== 'string' || license === '') throw new Error(`${name} ${version} is bundled and names no licence`)
  const files = readdirSync(root).filter(file => /^(licen[cs]e|copying|notice)/i.test(file)).toSorted(order)
  const texts = files.map(file => join(root, file)).filter(existsSync).map(file => readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trim())
  return {name, version, license, author: authorOf(author), texts}
}

function authorOf(author: unknown): string {
  if (typeof author === 'string') return author
  const name: unknown = author !== null && typeof author === 'object' ? (author as {name?: unknown}).name : undefined
  return typeof name === 'string' ? name : ''
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
