import {expect} from 'chai'
import {readKubectlArgs} from '../../src/guard/kubectl-args.js'
import type {Route} from '../../src/guard/route.js'
import {routeOf} from '../../src/guard/route.js'

function route(line: string, allowPluginFlags = false): Route {
  const args = line === '' ? [] : line.split(' ')
  const read = readKubectlArgs(args)
  if (!read.ok) throw new Error(read.message)
  return routeOf(read.reading, args, allowPluginFlags)
}

describe('routeOf', () => {
  const rows: [line: string, kind: Route['kind']][] = [
    ['get pods', 'judged'],
    ['-n x get pods', 'judged'],
    ['config view', 'original'],
    ['--context a config use-context b', 'original'],
    ['config set-credentials x --token y', 'original'],
    ['get config', 'judged'],
    ['', 'empty'],
    ['version --client', 'empty'],
    ['version', 'judged'],
    ['completion bash', 'empty'],
    ['plugin list', 'empty'],
    ['k121 kubeconfig verify', 'own'],
    ['k121', 'own'],
    // A flag in front makes it an error of kubectl's, and no free pass.
    ['-n x k121 kubeconfig verify', 'judged'],
    ['get k121', 'judged'],
    ['ctx', 'refused'],
    ['ns kube-system', 'refused'],
    ['get ctx', 'judged'],
    ['foo bar', 'judged'],
    ['foo --context x', 'refused'],
    ['foo --kubeconfig=x', 'refused'],
    ['foo -s http://x', 'refused'],
    ['foo -n x', 'judged'],
    // Behind the dashes stands what the plugin runs elsewhere (`ssh`, `exec`).
    ['foo -- --context x', 'judged'],
    ['__complete get pods x', 'judged'],
  ]
  for (const [line, kind] of rows) it(`${line || '(nothing)'} is ${kind}`, () => expect(route(line).kind).to.equal(kind))

  it('lets a plugin have its own flags when it was told to', () => {
    expect(route('foo --context x', true).kind).to.equal('judged')
    expect(route('ctx --context x', true).kind).to.equal('refused')
  })
})
