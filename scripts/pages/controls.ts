import {CATALOGUE} from '../../src/pod-security/catalogue.js'
import {controlMarkdown} from '../../src/report/control-page.js'
import {GENERATED, code, table} from './markdown.js'

/** A page for each control of the Pod Security Standards, and a list of them. Paths are from the root of the repository. */
export function controlPages(): Record<string, string> {
  const pages = CATALOGUE.map(page => [`docs/controls/${page.id}.md`, `${GENERATED}\n${controlMarkdown(page)}`])
  return {...Object.fromEntries(pages) as Record<string, string>, 'docs/controls/README.md': controlList()}
}

function controlList(): string {
  const rows = CATALOGUE.map(({id, title, level, trivy}) => [`[${code(id)}](${id}.md)`, level, title, trivy.length === 0 ? 'none' : [...new Set(trivy.map(check => check.id))].join(', ')])
  return `${GENERATED}\n# Controls of the Pod Security Standards\n\nThe same text as \`kubectl k121 explain CONTROL\` prints; \`explain --rego CONTROL\` prints a Gatekeeper template. In the order in which an API server lists them.\n\n${table(['Control', 'Level', 'Name', 'Trivy'], rows)}\n`
}
