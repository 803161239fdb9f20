import {execFile} from 'node:child_process'
import {readFile, readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {parseAllDocuments} from 'yaml'
import {templateCodeOf} from '../../src/admission/pod-security/gatekeeper-code.js'
import type {KnownCode} from '../../src/admission/pod-security/gatekeeper-content.js'
import {knownCodesOf} from '../../src/admission/pod-security/gatekeeper-content.js'
import type {KubeObject} from '../../src/kube/json.js'
import {GATOR} from '../cluster/support/go-tools.js'

const run = promisify(execFile)

export interface LibraryTemplate {
  kind: string
  file: string
  template: KubeObject
  /** Null: a code that is in no table of ours. */
  codes: readonly KnownCode[] | null
}

/**
 * Templates of the library, which is nothing to copy: from a checkout of
 * open-policy-agent/gatekeeper-library that `K121_GATEKEEPER_LIBRARY` names, and
 * the five old ones that Gatekeeper's own Go module has among its test data.
 */
export async function libraryTemplates(): Promise<LibraryTemplate[]> {
  const named = process.env['K121_GATEKEEPER_LIBRARY']
  const directories = [...(named === undefined ? [] : [named]), ...await inModule()]
  const files = (await Promise.all(directories.map(templateFiles))).flat()
  const all = (await Promise.all(files.map(templatesIn))).flat()
  const byCode = new Map(all.map(one => [JSON.stringify([one.kind, templateCodeOf(one.template).digests]), one]))
  return [...byCode.values()].sort((a, b) => (`${a.kind} ${a.file}` < `${b.kind} ${b.file}` ? -1 : 1))
}

async function inModule(): Promise<string[]> {
  const found = await run('go', ['mod', 'download', '-json', `github.com/open-policy-agent/gatekeeper/v3@v${GATOR}`]).catch(() => null)
  return found === null ? [] : [join((JSON.parse(found.stdout) as {Dir: string}).Dir, 'pkg/webhook/testdata/psp-all-violations/psp-templates')]
}

async function templateFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, {withFileTypes: true, recursive: true})
  return entries.filter(entry => entry.isFile() && entry.name.endsWith('template.yaml') && !entry.parentPath.includes('/general/')).map(entry => join(entry.parentPath, entry.name))
}

async function templatesIn(file: string): Promise<LibraryTemplate[]> {
  return parseAllDocuments(await readFile(file, 'utf8')).map(document => document.toJS() as KubeObject)
    .filter(object => object?.kind === 'ConstraintTemplate' && JSON.stringify(object).includes('K8sPSP'))
    .map(template => ({file, template, kind: templateCodeOf(template).kind, codes: knownCodesOf(templateCodeOf(template))}))
}
