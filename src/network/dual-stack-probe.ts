import {defineFact} from '../audit/fact.js'
import {isIncomplete} from '../audit/outcome.js'
import {numberAt, textAt, textsAt} from '../kube/field.js'
import type {KubeObject} from '../kube/json.js'
import type {Evidence} from './evidence.js'

/** What the dry-run creation of a Service that requires both families tells of the Service range. */
export interface DualStackProbe {
  /** How many families the API server gives Services out of; null: it does not tell. */
  families: 1 | 2 | null
  evidence: Evidence
}

/** Signal 10; null: nobody asked for the probe. */
export const dualStackProbe = defineFact({
  id: 'dual-stack-probe',
  reads: ['dual-stack-probe'],
  create(context) {
    let probe: DualStackProbe | null = null
    return {
      'dual-stack-probe'(object) {
        probe = readDualStackProbe(object)
      },
      end(): DualStackProbe | null {
        const {outcome} = context.outcome('dual-stack-probe')
        return probe ?? (isIncomplete(outcome) ? unknown(outcome) : null)
      },
    }
  },
})

/**
 * The API server's own words, the same from 1.24 to 1.37. They stand where
 * kubectl begins to tell of an invalid object: what a webhook or a policy says
 * begins otherwise, whatever it repeats.
 */
const ONE_FAMILY = /^The Service "[^"]*" is invalid: spec\.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services$/

export function readDualStackProbe(object: KubeObject): DualStackProbe {
  const status = numberAt(object, 'status') ?? 0
  const message = textAt(object, 'message') ?? ''
  const made = textsAt(object, 'families')
  if (status === 201) return made.length === 2 ? answer(2, 'both families') : unknown(`it came back with ${made.join(' and ') || 'no family'}: something changed it on its way`)
  if (status === 422 && ONE_FAMILY.test(message)) return answer(1, 'one family')
  return unknown(whyUnknown(status, message))
}

function unknown(why: string): DualStackProbe {
  return answer(null, `unknown (${why})`)
}

function answer(families: 1 | 2 | null, value: string): DualStackProbe {
  return {families, evidence: {signal: 10, value: `dry run of a dual-stack Service: ${value}`}}
}

function whyUnknown(status: number, message: string): string {
  if (/is forbidden: User .* cannot create resource "services"/.test(message)) return 'these credentials may not create Services there'
  if (status === 401) return 'the API server does not know these credentials'
  if (status === 404) return 'the namespace does not exist'
  return `HTTP ${status}: ${message.slice(0, 120)}`
}
