import {printable} from '../../printable.js'

/**
 * What GitHub and GitLab make something of inside plain text: mentions, issues,
 * commits, addresses. Backslashes do not stop these; a code span does.
 */
const LIVE = /[@#!$&~%]\w|https?:|ftp:|mailto:|xmpp:|www\.|\bgh-\d|[0-9a-f]{7,40}|:\w+:/i

/** Text of a cluster in a cell of a table: nothing in it is a link, a mention, markup or the end of the cell. */
export function markdownCell(text: string): string {
  const safe = printable(text)
  return LIVE.test(safe) ? codeSpan(safe) : safe.replace(/[\\`*_{}[\]<>#|~&$]/g, String.raw`\$&`)
}

/** Fenced by one backtick more than the longest run inside. A bar ends a cell even in code, so it is escaped as tables want it. */
export function codeSpan(text: string): string {
  const safe = printable(text)
  const longest = Math.max(0, ...(safe.match(/`+/g) ?? []).map(run => run.length))
  const fence = '`'.repeat(longest + 1)
  const space = longest > 0 || /^ | $/.test(safe) ? ' ' : ''
  return safe === '' ? '' : `${fence}${space}${safe.replaceAll('|', String.raw`\|`)}${space}${fence}`
}
