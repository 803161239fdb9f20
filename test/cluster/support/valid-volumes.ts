import type {Draft} from '../../differential/pod-fields.js'

type Make = (name: string) => Draft

const of = (source: string, fields: Draft): Make => name => ({name, [source]: fields})

/** One of each kind of volume, with the fields that validation insists on. */
export const PLAIN_VOLUMES: readonly Make[] = [
  of('configMap', {name: 'c'}), of('emptyDir', {}), of('secret', {secretName: 's'}), of('persistentVolumeClaim', {claimName: 'c'}), of('csi', {driver: 'csi.example.com'}),
  of('downwardAPI', {items: [{path: 'labels', fieldRef: {fieldPath: 'metadata.labels'}}]}),
  of('projected', {sources: [{configMap: {name: 'c'}}]}),
  of('ephemeral', {volumeClaimTemplate: {spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}}}}),
  of('image', {reference: 'registry.example.com/data:1'}),
]

export const ODD_VOLUMES: readonly Make[] = [
  ...Array.from({length: 5}, () => of('hostPath', {path: '/var/log'})),
  of('gcePersistentDisk', {pdName: 'd'}), of('awsElasticBlockStore', {volumeID: 'vol-1'}), of('gitRepo', {repository: 'https://git.example.com/r'}), of('nfs', {server: 'nfs.example.com', path: '/'}),
  of('iscsi', {targetPortal: '192.0.2.1:3260', iqn: 'iqn.2001-04.com.example:storage', lun: 0}), of('glusterfs', {endpoints: 'e', path: '/'}), of('rbd', {monitors: ['192.0.2.1'], image: 'i'}),
  of('flexVolume', {driver: 'example.com/d'}), of('cinder', {volumeID: 'v'}), of('cephfs', {monitors: ['192.0.2.1']}), of('flocker', {datasetName: 'd'}), of('fc', {targetWWNs: ['50060e801049cfd1'], lun: 0}),
  of('azureFile', {secretName: 's', shareName: 's'}), of('vsphereVolume', {volumePath: '[d] v'}), of('quobyte', {registry: 'quobyte.example.com:7861', volume: 'v'}),
  of('azureDisk', {diskName: 'd', diskURI: 'https://example.com/d.vhd', kind: 'Dedicated'}), of('photonPersistentDisk', {pdID: 'p'}), of('portworxVolume', {volumeID: 'v'}),
  of('scaleIO', {gateway: 'https://192.0.2.1', system: 's', secretRef: {name: 's'}, volumeName: 'v'}), of('storageos', {volumeName: 'v', volumeNamespace: 'n'}),
]
