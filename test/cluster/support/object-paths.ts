import type {KubeObject} from '../../../src/kube/json.js'
import {nameOf, namespaceOf} from '../../../src/kube/object.js'
import type {ApiClient} from './api-client.js'
import {orThrow} from './api-client.js'

/** Where objects live on a server, learnt from its discovery: the only source that is right for custom resources too. */
export interface ObjectPaths {
  /** Where an object is created. */
  collection(object: KubeObject): Promise<string>
  /** The object itself. */
  item(object: KubeObject): Promise<string>
}

interface Served {
  name: string
  kind: string
  namespaced: boolean
}

export function objectPaths(client: ApiClient, token: string): ObjectPaths {
  const known = new Map<string, Served>()
  const learn = async (apiVersion: string): Promise<void> => {
    const {json} = orThrow(`discovery of ${apiVersion}`, await client.request('GET', root(apiVersion), undefined, {token}))
    for (const resource of json.resources as Served[])
      if (!resource.name.includes('/')) known.set(`${apiVersion} ${resource.kind}`, resource)
  }
  const collection = async (object: KubeObject): Promise<string> => {
    const key = `${object.apiVersion} ${object.kind}`
    if (!known.has(key)) await learn(object.apiVersion)
    const served = known.get(key)
    if (served === undefined) throw new Error(`the server does not serve ${object.kind} of ${object.apiVersion}`)
    const namespace = served.namespaced ? `/namespaces/${namespaceOf(object) || 'default'}` : ''
    return `${root(object.apiVersion)}${namespace}/${served.name}`
  }
  return {collection, item: async object => `${await collection(object)}/${encodeURIComponent(nameOf(object))}`}
}

function root(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
}
