import type {ControlPage} from '../pod-security/catalogue.js'
import {CIS_EDITION} from '../pod-security/catalogue.js'
import {trivySource} from '../pod-security/catalogue-trivy.js'
import type {TrivyCheck} from '../pod-security/catalogue-trivy.js'
import {paragraph, section} from './audit/explain.js'
import {wrap} from './wrap.js'

const NO_TRIVY_CHECK = 'Trivy has no check for this control.'

/** `kubectl k121 explain CONTROL` */
export function controlText(page: ControlPage, width = 80): string {
  const {id, level, why, remediation, risk, cis, references} = page
  return [
    `${id}   ${level}   pod-security`,
    paragraph(heading(page), width),
    section('WHY', [why], width),
    `ALLOWED\n${rulesOf(page).flatMap(text => item(text, '  ', width)).join('\n')}\n`,
    section('TO DO', [remediation], width),
    section('WHAT MAY BREAK', [risk], width),
    `TRIVY (which took over AppShield's checks)\n${trivyLines(page, width)}`,
    ...(cis.length === 0 ? [] : [section('ELSEWHERE', [`CIS Kubernetes Benchmark ${CIS_EDITION}: ${cis.join(', ')}`], width)]),
    section('GATEKEEPER', [`kubectl k121 explain --rego ${id}`], width),
    section('REFERENCES', references.flatMap(({title, url}) => [title, `  ${url}`]), width),
  ].join('\n')
}

function heading({title, level}: ControlPage): string {
  return `Control "${title}" of the Pod Security Standards, level ${level}.`
}

function rulesOf({rules}: ControlPage): string[] {
  return rules.map(({since, text}) => `${since === 0 ? 'every version' : `from v1.${since}`}: ${text}`)
}

function trivyLines({trivy}: ControlPage, width: number): string {
  if (trivy.length === 0) return `  ${NO_TRIVY_CHECK}\n`
  return trivy.map(check => [...wrap(trivyName(check), width - 2).map(line => `  ${line}`), ...differencesOf(check).flatMap(text => item(text, '    ', width))].map(line => `${line}\n`).join('')).join('')
}

/** Two names of one check: both are found on the web. */
function trivyName({id, part}: TrivyCheck): string {
  return `${id} (AVD-${id})${part === null ? '' : `: ${part} only`}`
}

function differencesOf({misses, adds}: TrivyCheck): string[] {
  if (misses.length === 0 && adds.length === 0) return ['agrees with the Standards']
  return [...misses.map(text => `misses ${text}`), ...adds.map(text => `reports, though allowed: ${text}`)]
}

function item(text: string, indent: string, width: number): string[] {
  return wrap(text, width - indent.length - 2).map((line, index) => `${indent}${index === 0 ? '- ' : '  '}${line}`)
}

/** `-o markdown` */
export function controlMarkdown(page: ControlPage): string {
  const {id, why, remediation, risk, trivy, cis, references} = page
  const list = (lines: readonly string[]): string => `${lines.map(line => `- ${line}`).join('\n')}\n`
  const checks = trivy.flatMap(check => [`- [${trivyName(check)}](${trivySource(check)})`, ...differencesOf(check).map(text => `  - ${text}`)])
  return [
    `# ${id}\n`, `${heading(page)}\n`,
    '## Why\n', `${why}\n`,
    '## What is allowed\n', list(rulesOf(page)),
    '## What to do\n', `${remediation}\n`,
    '## What may break\n', `${risk}\n`,
    '## Trivy\n', checks.length === 0 ? `${NO_TRIVY_CHECK}\n` : `${checks.join('\n')}\n`,
    ...(cis.length === 0 ? [] : ['## Elsewhere\n', list([`CIS Kubernetes Benchmark ${CIS_EDITION}: ${cis.join(', ')}`])]),
    '## Gatekeeper\n', `\`kubectl k121 explain --rego ${id}\`\n`,
    '## References\n', list(references.map(({title, url}) => `[${title}](${url})`)),
  ].join('\n')
}
