import {expect} from 'chai'
import {compareReadings} from '../../src/kubeconfig/compare-readings.js'
import {readYaml} from '../../src/kubeconfig/read-yaml.js'

function compare(ours: string, theirs: unknown): string | null {
  const read = readYaml(Buffer.from(ours))
  if (!read.ok) throw new Error(read.failure.message)
  return compareReadings(read.root, typeof theirs === 'string' ? theirs : JSON.stringify(theirs))
}

const named = (name: string, exec: object): object => ({users: [{name, user: {exec}}]})
const yaml = (exec: string): string => `users: [{name: a, user: {exec: ${exec}}}]`

describe('compareReadings', () => {
  const rows: [name: string, ours: string, theirs: unknown, wanted: string | null][] = [
    ['the same', yaml('{command: x, args: [a]}'), named('a', {command: 'x', args: ['a']}), null],
    ['defaults that kubectl fills in', yaml('{command: x}'), {apiVersion: 'v1', kind: 'Config', clusters: null, ...named('a', {command: 'x', args: null, env: null, interactiveMode: 'IfAvailable', provideClusterInfo: false})}, null],
    ['kubectl sorts entries by name', 'users: [{name: b}, {name: a}]', {users: [{name: 'a', user: {}}, {name: 'b', user: {}}]}, null],
    ['unknown fields that kubectl dropped', `colour: red\n${yaml('{command: x, spare: 1}')}`, named('a', {command: 'x'}), null],
    ['line breaks in base64', 'clusters: [{name: a, cluster: {certificate-authority-data: "YW\\nJj"}}]', {clusters: [{name: 'a', cluster: {'certificate-authority-data': 'YWJj'}}]}, null],
    ['another command', yaml('{command: x}'), named('a', {command: 'y'}), 'users.0.user.exec.command'],
    ['another argument', yaml('{command: x, args: [a, b]}'), named('a', {command: 'x', args: ['a', 'c']}), 'users.0.user.exec.args.1'],
    ['one argument more', yaml('{command: x, args: [a]}'), named('a', {command: 'x', args: ['a', 'b']}), 'users.0.user.exec.args'],
    ['a plugin that only kubectl sees', 'users: [{name: a}]', named('a', {command: 'x'}), 'users.0.user'],
    ['a plugin that only we see', yaml('{command: x}'), {users: [{name: 'a', user: {}}]}, 'users.0.user'],
    ['a user that only we see', 'users: [{name: a, user: {token: t}}, {name: b}]', {users: [{name: 'a', user: {token: 't'}}]}, 'users'],
    ['a certificate that only we see', 'users: [{name: a, user: {token: t, client-certificate: c}}]', {users: [{name: 'a', user: {token: 't'}}]}, 'users.0.user.client-certificate'],
    ['an empty file', '# nothing', {apiVersion: 'v1', kind: 'Config', clusters: null, users: null, preferences: {}}, null],
    ['another number', 'extensions: [{name: a, extension: {x: 1}}]', {extensions: [{name: 'a', extension: {x: 2}}]}, 'extensions.0.extension.x'],
    ['an answer that is no JSON', 'users: []', 'Error: x', 'the top'],
    ['an answer that is a list', 'users: [{name: a}]', [1], 'the top'],
    ['odd keys are not printed', 'extensions: [{name: a, extension: {"x\\u009b": 1}}]', {extensions: [{name: 'a', extension: {'x\u009b': 2}}]}, 'extensions.0.extension.…'],
  ]
  for (const [name, ours, theirs, wanted] of rows) it(name, () => expect(compare(ours, theirs)).to.equal(wanted))
})
