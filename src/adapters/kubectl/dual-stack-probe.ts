import type {Json} from '../../kube/json.js'
import {isMapping} from '../../kube/field.js'
import type {ProbeAnswer} from './external-ip-probe.js'
import {probeService} from './external-ip-probe.js'
import type {Launch} from './launch.js'

/**
 * Does the API server give a Service both families? A Service that requires
 * them is created by a dry run: the addresses in the answer are given back.
 */
export async function dualStackProbe(launch: Launch, namespace: string): Promise<ProbeAnswer> {
  return probeService(launch, {
    kind: 'DualStackProbe', namespace, spec: {ipFamilyPolicy: 'RequireDualStack'},
    made: stdout => ({families: familiesIn(stdout)}),
  })
}

/** Of the Service as it would have been stored: a webhook may have changed it on its way. */
function familiesIn(stdout: string): string[] {
  const service = parsed(stdout)
  const spec = isMapping(service) ? service['spec'] : undefined
  const families = isMapping(spec) ? spec['ipFamilies'] : undefined
  return Array.isArray(families) ? families.filter(one => typeof one === 'string') : []
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    // No answer that can be read names no family.
    return undefined
  }
}
