import {defineFact} from '../../audit/fact.js'
import {flagAt} from '../../kube/field.js'
import type {EngineBlockers} from './blocker.js'
import {NO_BLOCKERS} from './blocker.js'

/** Policies and webhooks that the API server reads from files (alpha in 1.36): the API does not show them, nor which road they look at. */
export const fileBasedBlockers = defineFact({
  id: 'external-ip-file-based',
  reads: ['metrics'],
  create() {
    let isConfigured = false
    return {
      metrics(object) {
        isConfigured = flagAt(object, 'manifestConfig') === true
      },
      end(): EngineBlockers {
        if (!isConfigured) return NO_BLOCKERS
        const judgement = {state: 'unknown' as const, gaps: ['the API server reads policies from files: some may exist that the API does not show']}
        return {blockers: [{engine: 'file-based', name: '*.static.k8s.io', spec: judgement, status: judgement}], unread: []}
      },
    }
  },
})
