import {ALLOWED_VOLUMES, IMAGE_VOLUME_SINCE, OTHER_VOLUMES} from '../allowed.js'
import type {Json} from '../../kube/json.js'
import type {Pod, Volume} from '../pod-shape.js'
import {inOrder, plural, quoted} from '../words.js'
import type {Control, Rule} from './rule.js'

const has = (volume: Volume, source: string): boolean => (volume[source] ?? null) !== null

function volumesThat({spec}: Pod, isMeant: (volume: Volume) => boolean): {name: string; place: string; volume: Volume}[] {
  return (spec.volumes ?? []).flatMap((one, index) => {
    const volume = one ?? {}
    return isMeant(volume) ? [{name: volume['name'] as string | null | undefined ?? '', place: `spec.volumes[${index}]`, volume}] : []
  })
}

const isHostPath = (volume: Volume): boolean => has(volume, 'hostPath')
const namesOf = (volumes: readonly {name: string}[]): string => `${plural('volume', 'volumes', volumes.length)} ${quoted(volumes.map(({name}) => name))}`

export const hostPathVolumes: Control = {
  id: 'hostPathVolumes',
  level: 'baseline',
  windows: [{
    from: 0,
    isBroken: pod => volumesThat(pod, isHostPath).length > 0,
    explain: pod => {
      const bad = volumesThat(pod, isHostPath)
      return {
        reason: 'hostPath volumes', detail: namesOf(bad),
        violations: bad.map(({place, volume}) => ({path: `${place}.hostPath`, container: null, current: volume['hostPath'] as Json, wanted: 'unset'})),
      }
    },
  }],
}

/** One allowed source is enough, whatever else the volume has. */
function volumeRule(allowed: readonly string[]): Rule {
  const isBad = (volume: Volume): boolean => !allowed.some(source => has(volume, source))
  const typeOf = (volume: Volume): string => OTHER_VOLUMES.find(source => has(volume, source)) ?? 'unknown'
  const wanted = `one of ${allowed.toSorted().join(', ')}`
  return {
    isBroken: pod => volumesThat(pod, isBad).length > 0,
    explain: pod => {
      const bad = volumesThat(pod, isBad)
      const types = inOrder(bad.map(({volume}) => typeOf(volume)))
      return {
        reason: 'restricted volume types',
        detail: `${namesOf(bad)} ${plural('uses', 'use', bad.length)} ${plural('restricted volume type', 'restricted volume types', types.length)} ${quoted(types)}`,
        violations: bad.map(({place, volume}) => {
          const type = typeOf(volume)
          return type === 'unknown' ? {path: place, container: null, current: null, wanted} : {path: `${place}.${type}`, container: null, current: volume[type] as Json, wanted}
        }),
      }
    },
  }
}

export const restrictedVolumes: Control = {
  id: 'restrictedVolumes',
  level: 'restricted',
  overrides: 'hostPathVolumes',
  windows: [{from: 0, ...volumeRule([...ALLOWED_VOLUMES, 'image'])}],
  builds: [{until: IMAGE_VOLUME_SINCE - 1, windows: [{from: 0, ...volumeRule(ALLOWED_VOLUMES)}]}],
}
