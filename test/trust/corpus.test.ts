import {readFileSync, writeFileSync} from 'node:fs'
import {expect} from 'chai'
import {CATALOGUE} from '../../src/trust/catalogue/catalogue.js'
import {judgePlugin} from '../../src/trust/judge.js'
import type {PluginVerdict} from '../../src/trust/reason.js'
import {declaredWorld, pluginOf} from './declared-world.js'

/** The fields of a corpus record that are used here; CORPUS_FILE measures another file of the same form. */
interface CorpusRecord {
  id: string
  command: string
  args: string[]
  env: {name: string; value: string}[]
  apiVersion: string | null
  interactiveMode: string | null
  provideClusterInfo: boolean | null
  class: string
  helper: string | null
  kind: string
  path_kind: string
  form: string
  truncated: boolean
}

const OTHER = process.env['CORPUS_FILE']
const FILE = OTHER ?? new URL('../corpus/exec-corpus.train.jsonl', import.meta.url)
const GOLDEN = new URL('corpus.golden.json', import.meta.url)
const records = readFileSync(FILE, 'utf8').trim().split('\n').map(line => JSON.parse(line) as CorpusRecord)

// `<expr:...>` is the corpus's own notation for a value that stood as code: one opaque word.
const opaque = (text: string): string => text.replace(/<expr:.*>/gs, '<expr>')

function verdictOf(record: CorpusRecord): {verdict: PluginVerdict; reasons: string[]} {
  const plugin = pluginOf(
    {command: record.command, args: record.args.map(opaque), env: record.env.map(({name, value}) => ({name, value: opaque(value)}))},
    {
      apiVersion: record.apiVersion ?? 'client.authentication.k8s.io/v1beta1',
      interactiveMode: record.interactiveMode ?? '',
      provideClusterInfo: record.provideClusterInfo ?? false,
    },
  )
  const judged = judgePlugin(plugin, declaredWorld())
  return {verdict: judged.verdict, reasons: judged.reasons.filter(reason => reason.grade !== 'info').map(reason => reason.id)}
}

const known = new Set([...CATALOGUE.map(helper => helper.id), 'kubelogin-ambiguous'])
const judged = records.map(record => ({record, ...verdictOf(record)}))
const isMeasured = ({record}: (typeof judged)[number]): boolean =>
  record.helper !== null && record.path_kind === 'bare' && !record.truncated && record.form !== 'go-struct'

function count(rows: typeof judged): Record<PluginVerdict, number> {
  const counts = {trusted: 0, unknown: 0, dangerous: 0}
  for (const row of rows) counts[row.verdict]++
  return counts
}

describe('corpus of published stanzas', () => {
  const listed = judged.filter(row => isMeasured(row) && known.has(row.record.helper ?? ''))
  const numbers = {
    records: records.length,
    listed: count(listed),
    withAnyHelperName: count(judged.filter(isMeasured)),
    general: count(judged.filter(row => row.record.class === 'vendor-helper')),
    wrappers: count(judged.filter(row => row.record.class === 'wrapper-shell')),
    malicious: count(judged.filter(row => row.record.class === 'malicious-demo')),
    scripts: count(judged.filter(row => row.record.class === 'local-script')),
    fixtures: count(judged.filter(row => row.record.class === 'test-fixture')),
    notTrusted: listed.filter(row => row.verdict !== 'trusted').map(row => `${row.record.id} ${row.verdict}: ${row.reasons.join(' ')}`),
  }

  it('trusts at least 97 % of the listed, bare, untruncated stanzas', () => {
    console.log(numbers)
    const total = numbers.listed.trusted + numbers.listed.unknown + numbers.listed.dangerous
    expect(numbers.listed.trusted / total).to.be.at.least(0.97)
  })

  it('trusts no malicious demo, no wrapper and no script', () => {
    expect([numbers.malicious.trusted, numbers.wrappers.trusted, numbers.scripts.trusted]).to.deep.equal([0, 0, 0])
  })

  it('has the numbers of the golden file', function () {
    if (OTHER !== undefined) this.skip()
    const text = `${JSON.stringify(numbers, null, 2)}\n`
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, text)
    expect(process.env['UPDATE_GOLDEN'], 'the golden file was rewritten').to.not.equal('1')
    expect(readFileSync(GOLDEN, 'utf8')).to.equal(text)
  })
})
