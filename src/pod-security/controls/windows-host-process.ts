import type {Container, Pod, SharedContext} from '../pod-shape.js'
import {containersThat, namesOf, setters} from '../words.js'
import type {Control} from './rule.js'

const isHostProcess = (context: SharedContext | null | undefined): boolean => context?.windowsOptions?.hostProcess === true
const isBad = (container: Container): boolean => isHostProcess(container.securityContext)

export const windowsHostProcess: Control = {
  id: 'windowsHostProcess',
  level: 'baseline',
  windows: [{
    from: 0,
    isBroken: (pod: Pod) => isHostProcess(pod.spec.securityContext) || pod.containers.some(isBad),
    explain: pod => {
      const isPod = isHostProcess(pod.spec.securityContext)
      const bad = containersThat(pod, isBad)
      const places = [...(isPod ? [{place: 'spec', name: null}] : []), ...bad]
      return {
        reason: 'hostProcess', detail: `${setters(isPod, namesOf(bad))} must not set securityContext.windowsOptions.hostProcess=true`,
        violations: places.map(({place, name}) => ({path: `${place}.securityContext.windowsOptions.hostProcess`, container: name, current: true, wanted: 'false'})),
      }
    },
  }],
}
