import {flagAt, textAt} from '../../kube/field.js'
import {stepsOf} from '../../kube/field-path.js'
import type {Container} from '../pod-shape.js'
import {containersNamed, containersThat} from '../words.js'
import {valueAt} from './edits.js'
import type {Patient} from './remedy.js'

export interface SeenContainer {
  name: string
  /** `spec.containers[0]` */
  place: string
  container: Container
  image: string
  /** That of the container, else that of the pod; null: the image's. */
  user: number | null
  isRootReadOnly: boolean
}

export function containersIn({judged, pod}: Patient): SeenContainer[] {
  return containersThat(pod, () => true).map(({name, place, container}) => {
    const value = valueAt(judged, stepsOf(place))
    return {
      name, place, container, image: textAt(value, 'image') ?? '', user: container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser ?? null,
      isRootReadOnly: flagAt(value, 'securityContext', 'readOnlyRootFilesystem') ?? false,
    }
  })
}

/** As a sentence begins. */
export function sentenceOf(names: readonly string[]): string {
  return containersNamed(names).replace(/^c/, 'C')
}
