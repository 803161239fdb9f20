import type {ObjectRef} from '../audit/finding.js'

/** A program and its flags are no object of the API: it is named in a group of ours. */
export const API_SERVER: ObjectRef = {apiVersion: 'k121.dev/v1', kind: 'Component', namespace: '', name: 'kube-apiserver'}

/** Control planes whose flags are the provider's to set. */
export const MANAGED: readonly string[] = ['eks', 'gke', 'aks', 'doks']
