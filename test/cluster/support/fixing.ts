import {join} from 'node:path'
import {parseAllDocuments} from 'yaml'
import type {KubeObject} from '../../../src/kube/json.js'
import type {ProcessResult} from '../../support/run-process.js'
import type {RealApiServer} from './api-server.js'
import {withMachine} from './machine.js'

/** A person who types `kubectl …` as a user of one server; our program is kubectl's plugin. */
export interface Person {
  kubectl(user: string, argv: readonly string[], input?: string): Promise<ProcessResult>
  /** `kubectl k121 external-ips fix --to …` */
  fix(target: string, flags?: readonly string[]): Promise<ProcessResult>
}

export function withPerson(server: () => RealApiServer): () => Person {
  const machine = withMachine()
  const kubectl: Person['kubectl'] = async (user, argv, input) => {
    const {world, kubectl: typed} = machine()
    const file = await server().kubeconfig(user, join(world.home, `${user}.kubeconfig`))
    return typed(argv, {env: {KUBECONFIG: file}, ...(input === undefined ? {} : {input})})
  }
  return () => ({kubectl, fix: (target, flags = []) => kubectl('admin', ['k121', 'external-ips', 'fix', '--to', target, ...flags])})
}

export function documentsIn(text: string): KubeObject[] {
  return parseAllDocuments(text).map(document => document.toJS() as KubeObject)
}
