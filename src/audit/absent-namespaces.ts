import {nameOf} from '../kube/object.js'
import type {Fact} from './fact.js'
import {defineFact} from './fact.js'

/**
 * Which of the namespaces that were asked for are not there. A misspelt name
 * would else be a report without findings. Nobody knows where namespaces were
 * not listed whole, as in most files.
 */
export function absentNamespaces(wanted: readonly string[]): Fact<readonly string[]> {
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
