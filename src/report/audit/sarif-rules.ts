import type {CheckMeta} from '../../audit/check.js'
import {isPreview} from '../../audit/check.js'
import type {Severity} from '../../audit/severity.js'
import {explainMarkdown} from './explain.js'

export const LEVELS: Record<Severity, {level: 'error' | 'warning' | 'note'; score: string}> = {
  critical: {level: 'error', score: '9.5'},
  high: {level: 'error', score: '8.0'},
  medium: {level: 'warning', score: '5.5'},
  low: {level: 'note', score: '2.0'},
  info: {level: 'note', score: '0.1'},
}

/** GitHub's limit for descriptions of rules. */
const MOST_CHARACTERS = 1024

/**
 * GitHub reads the severity of a finding from its rule, so each variant is a
 * rule, and its latent form another. All variants of a check are listed, found
 * or not: the list tells what was looked for.
 */
export function sarifRules(metas: readonly CheckMeta[], used: ReadonlySet<string>): object[] {
  return metas.flatMap(meta => {
    const variants: [string, Severity, string][] = [[meta.id, meta.severity, meta.title], ...Object.entries(meta.variants ?? {}).map(([id, {severity, title}]): [string, Severity, string] => [`${meta.id}/${id}`, severity, title])]
    return variants.flatMap(([id, severity, title]) => [
      // The bare check is a rule only where it can be found.
      ...(id === meta.id && meta.variants !== undefined && !used.has(id) ? [] : [ruleOf(meta, id, severity, title)]),
      ...(used.has(`${id}/latent`) ? [ruleOf(meta, `${id}/latent`, 'info', `${title} (not dangerous yet)`)] : []),
    ])
  })
}

function ruleOf(meta: CheckMeta, id: string, severity: Severity, title: string): object {
  return {
    id,
    shortDescription: {text: cutTo(title, MOST_CHARACTERS)},
    fullDescription: {text: cutTo(meta.why, MOST_CHARACTERS)},
    ...(meta.references[0] === undefined ? {} : {helpUri: meta.references[0].url}),
    help: {text: `${meta.why}\n\n${meta.remediation}`, markdown: explainMarkdown(meta)},
    defaultConfiguration: {level: LEVELS[severity].level},
    properties: {tags: ['security', 'kubernetes', meta.topic], precision: isPreview(meta, id.split('/')[1] ?? '') ? 'medium' : 'high', 'security-severity': LEVELS[severity].score},
  }
}

export function cutTo(text: string, most: number): string {
  const characters = [...text]
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`
}
