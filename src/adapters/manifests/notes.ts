import {counted} from '../../report/audit/naming.js'
import type {Input} from './input-files.js'
import type {FileHeap} from './read-input.js'

/** Sentences about what was not taken as it stood, for whoever gave the input. */
export function inputNotes(input: Input, {index, strangers, snapshot}: FileHeap): string[] {
  const header = snapshot?.header
  return [
    // The report says when it was made, not when the cluster was so.
    ...(header === undefined || header.startedAt === '' ? [] : [`a snapshot of ${header.name}, begun ${header.startedAt}; it holds no Secrets`]),
    ...input.leftOut.map(({directory, count}) => `${directory}: ${counted(count, 'file')} left out that ${count === 1 ? 'is' : 'are'} neither YAML nor JSON by name`),
    ...(strangers.length === 0 ? [] : [`${counted(strangers.length, 'file')} with something that is no object of Kubernetes, left out: ${listed(strangers)}`]),
    ...index.duplicates.map(({kind, key, earlier, later}) => `${kind} ${key.replace(/^\//, '')} stands in ${earlier.file}:${earlier.line} and in ${later.file}:${later.line}: the later one was audited, as apply would leave it`),
    ...more(index.duplicateCount() - index.duplicates.length),
  ]
}

function more(count: number): string[] {
  return count > 0 ? [`${counted(count, 'more object')} that stand${count === 1 ? 's' : ''} twice: the later one was audited`] : []
}

function listed(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')}, …`
}
