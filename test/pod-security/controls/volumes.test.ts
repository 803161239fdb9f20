import {expect} from 'chai'
import type {JsonObject} from '../../../src/kube/json.js'
import {placesOf, spec, windowsOf} from './windows.js'

const ALLOWED = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret']
const OTHERS = [
  'hostPath', 'gcePersistentDisk', 'awsElasticBlockStore', 'gitRepo', 'nfs', 'iscsi', 'glusterfs', 'rbd', 'flexVolume', 'cinder', 'cephfs', 'flocker', 'fc',
  'azureFile', 'vsphereVolume', 'quobyte', 'azureDisk', 'photonPersistentDisk', 'portworxVolume', 'scaleIO', 'storageos',
]
const of = (...sources: JsonObject[]): ReturnType<typeof spec> => spec({volumes: sources.map((source, index) => ({name: `v${index}`, ...source}))})
const said = (what: string): string => `restricted volume types (${what})`

windowsOf('hostPathVolumes', [
  ['none', of({emptyDir: {}}, {hostPath: null}, {}), {0: null}],
  ['one', of({emptyDir: {}}, {hostPath: {path: '/'}}), {0: 'hostPath volumes (volume "v1")'}],
  ['more, in their order', spec({volumes: [{name: 'z', hostPath: {}}, {name: 'a', hostPath: {path: '/'}, emptyDir: {}}]}), {0: 'hostPath volumes (volumes "z", "a")'}],
])

windowsOf('restrictedVolumes', [
  ...ALLOWED.map(source => [`${source} passes, whatever else is set`, of({hostPath: {path: '/'}, [source]: {}}), {0: null}] as const),
  ...OTHERS.map(source => [source, of({[source]: {}}), {0: said(`volume "v0" uses restricted volume type "${source}"`)}] as const),
  ['the first of the others names the type', of({storageos: {}, nfs: {}, gitRepo: {}}), {0: said('volume "v0" uses restricted volume type "gitRepo"')}],
  ['two of one type', of({nfs: {}}, {secret: {}}, {nfs: {}}), {0: said('volumes "v0", "v2" use restricted volume type "nfs"')}],
  ['nothing, null, a source that nobody knows', spec({volumes: [{name: 'a'}, null, {name: 'b', teleport: {}}, {name: 'c', nfs: {}}, {name: 'd', emptyDir: null}]}), {0: said('volumes "a", "", "b", "c", "d" use restricted volume types "nfs", "unknown"')}],
  ['image', of({image: {reference: 'x'}}), {0: null}],
  ['image on a server of 1.32', of({image: {reference: 'x'}}), {0: said('volume "v0" uses restricted volume type "unknown"')}, 32],
  ['image on a server of 1.33', of({image: {reference: 'x'}}), {0: null}, 33],
])

describe('places of volumes', () => {
  it('the source, or the volume where it has none', () => {
    expect(placesOf('hostPathVolumes', of({}, {hostPath: {path: '/etc'}}))).to.deep.equal(['spec.volumes[1].hostPath | - | {"path":"/etc"} | unset'])
    const wanted = 'one of configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected, secret'
    expect(placesOf('restrictedVolumes', of({}, {nfs: {server: 's'}}))).to.deep.equal([`spec.volumes[0] | - | null | ${wanted}`, `spec.volumes[1].nfs | - | {"server":"s"} | ${wanted}`])
  })
})
