import {CHECKS} from '../../src/checks/registry.js'
import {TOPICS} from '../../src/audit/severity.js'
import {explainMarkdown, listTitle, severitiesOf} from '../../src/report/audit/explain.js'
import {GENERATED, code, table} from './markdown.js'

/** A page per check, and a list of them. Paths are from the root of the repository. */
export function checkPages(): Record<string, string> {
  const pages = CHECKS.map(({meta}) => [`docs/checks/${meta.id}.md`, `${GENERATED}\n${explainMarkdown(meta)}`])
  return {...Object.fromEntries(pages) as Record<string, string>, 'docs/checks/README.md': checkList()}
}

function checkList(): string {
  const lists = TOPICS.map(topic => {
    const metas = CHECKS.map(({meta}) => meta).filter(meta => meta.topic === topic)
    return metas.length === 0 ? '' : `## ${topic}\n\n${table(['Check', 'Severity', 'Meaning'], metas.map(meta => [`[${code(meta.id)}](${meta.id}.md)`, severitiesOf(meta).join(', '), listTitle(meta)]))}\n`
  })
  return `${GENERATED}\n# Checks\n\nThe same text as \`kubectl k121 explain CHECK\` prints. A preview is shown and not counted in the exit code; a check on request runs where \`--check\` names it.\n\n${lists.join('')}`
}
