// Writes every file that follows from the source, so that documentation cannot
// drift from it. With --check nothing is written and any difference fails.
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {loadManifest} from './manifest.js'
import {AUDIT_REPORT_SCHEMA} from './pages/audit-schema.js'
import {checkPages} from './pages/checks.js'
import {DUAL_STACK_PLAN_SCHEMA} from './pages/dual-stack-plan-schema.js'
import {controlPages} from './pages/controls.js'
import {exitCodesPage, exitCodesTable} from './pages/exit-codes.js'
import {commandTable} from './pages/commands.js'
import {importRowsTable} from './pages/import-rows.js'
import {findingsPage} from './pages/findings.js'
import {helpersPage} from './pages/helpers.js'
import {POD_SECURITY_PLAN_SCHEMA} from './pages/pod-security-plan-schema.js'
import {TRUST_POLICY_SCHEMA, VERIFICATION_SCHEMA} from './pages/schemas.js'

const isCheck = process.argv.includes('--check')
const manifest = await loadManifest()
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const files: Record<string, string> = {
  'oclif.manifest.json': json(manifest),
  ...checkPages(),
  ...controlPages(),
  'docs/findings.md': findingsPage(),
  'docs/helpers.md': helpersPage(),
  'docs/exit-codes.md': exitCodesPage(),
  'docs/schemas/audit-report.json': json(AUDIT_REPORT_SCHEMA),
  'docs/schemas/dual-stack-plan.json': json(DUAL_STACK_PLAN_SCHEMA),
  'docs/schemas/kubeconfig-verification.json': json(VERIFICATION_SCHEMA),
  'docs/schemas/pod-security-plan.json': json(POD_SECURITY_PLAN_SCHEMA),
  'docs/schemas/trust-policy.json': json(TRUST_POLICY_SCHEMA),
  'docs/architecture.md': between('docs/architecture.md', {'import-rows': importRowsTable()}),
  'README.md': between('README.md', {'exit-codes': exitCodesTable(), commands: commandTable(manifest)}),
}

const differing = Object.entries(files).filter(([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text)
for (const [file, text] of differing) {
  if (isCheck) process.stderr.write(`${file} is not what the source says: run npm run generate\n`)
  else {
    mkdirSync(dirname(file), {recursive: true})
    writeFileSync(file, text)
    process.stdout.write(`wrote ${file}\n`)
  }
}
if (isCheck && differing.length > 0) process.exitCode = 1
else if (differing.length === 0) process.stdout.write(`${Object.keys(files).length} generated files are up to date\n`)

/** Replaces what stands between markers; a page that lost them is an error, not a page without the section. */
function between(file: string, sections: Record<string, string>): string {
  return Object.entries(sections).reduce((page, [name, text]) => {
    const [start, end] = [`<!-- ${name}: generated -->`, `<!-- /${name} -->`]
    const from = page.indexOf(start)
    const to = page.indexOf(end)
    if (from < 0 || to < from) throw new Error(`${file} lacks the markers ${start} and ${end}`)
    return `${page.slice(0, from + start.length)}\n${text}${page.slice(to)}`
  }, readFileSync(file, 'utf8'))
}
