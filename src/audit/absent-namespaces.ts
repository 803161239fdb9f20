import {isMapping} from '../kube/field.js'
import type {KubeObject} from '../kube/json.js'
import {nameOf} from '../kube/object.js'
import type {Evaluation} from './engine.js'
import type {Fact} from './fact.js'
import {defineFact} from './fact.js'
import type {ClusterSource} from './source.js'
import {mapPages} from './source.js'

/** The namespaces that were asked for, on their way through an evaluation. */
export interface AskedNamespaces {
  /** What is evaluated with, in place of the source itself. */
  source: ClusterSource
  fact: Fact<readonly string[]>
  /** Of those that are not listed, the ones of which nothing else was seen either. */
  absent(evaluation: Pick<Evaluation, 'fact'>): readonly string[]
}

export function askedNamespaces(source: ClusterSource, wanted: readonly string[]): AskedNamespaces {
  const fact = absentNamespaces(wanted)
  const seen = new Set<string>()
  const isNoted = source.kind === 'files' && wanted.length > 0
  return {source: isNoted ? notingNamespaces(source, seen) : source, fact, absent: evaluation => evaluation.fact(fact).filter(name => !seen.has(name))}
}

/**
 * Which of the namespaces that were asked for are not there. A misspelt name
 * would else be a report without findings. Nobody knows where namespaces were
 * not listed whole, as in most files.
 */
function absentNamespaces(wanted: readonly string[]): Fact<readonly string[]> {
  return defineFact<'namespaces', readonly string[]>({
    id: 'absent-namespaces',
    reads: ['namespaces'],
    create(context) {
      const absent = new Set(wanted)
      return {
        namespaces: namespace => void absent.delete(nameOf(namespace)),
        end: () => (context.outcome('namespaces').outcome === 'complete' ? [...absent] : []),
      }
    },
  })
}

/** The same source; `seen` gets the namespaces of what it hands out. Files need not hold a Namespace for what is in it. */
function notingNamespaces(source: ClusterSource, seen: Set<string>): ClusterSource {
  const note = (page: readonly KubeObject[]): readonly KubeObject[] => {
    for (const {metadata} of page) if (isMapping(metadata) && typeof metadata['namespace'] === 'string') seen.add(metadata['namespace'])
    return page
  }
  return {...source, read: request => mapPages(source.read(request), note)}
}
