import type {FactContext} from '../../audit/fact.js'
import {listAt, textAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {unreadGap} from './blocker.js'
import type {KyvernoWorld} from './kyverno-world.js'

type ExceptionRow = 'policyexceptions' | 'celpolicyexceptions'

/** Names in PolicyExceptions of a generation. */
export type PolicyExceptions = Pick<KyvernoWorld, 'excepted' | 'exceptionGap'>

/** Which policies some PolicyException names; which requests it lets through is not looked at. */
export function exceptionsIn(context: Pick<FactContext, 'outcome'>): {visitor: Record<ExceptionRow, (exception: KubeObject) => void>; of(generation: 'old' | 'cel'): PolicyExceptions} {
  const excepted = {old: new Set<string>(), cel: new Set<string>()}
  return {
    visitor: {
      policyexceptions: exception => listAt(exception, 'spec', 'exceptions').forEach(one => excepted.old.add(textAt(one, 'policyName') ?? '')),
      celpolicyexceptions: exception => listAt(exception, 'spec', 'policyRefs').forEach(one => excepted.cel.add(textAt(one, 'name') ?? '')),
    },
    of: generation => ({
      excepted: excepted[generation],
      exceptionGap: unreadGap(context.outcome(generation === 'old' ? 'policyexceptions' : 'celpolicyexceptions'), 'PolicyExceptions, which may name it, were'),
    }),
  }
}
