import {expect} from 'chai'
import type {FileListInput} from '../../src/kubeconfig/file-list.js'
import {kubeconfigList} from '../../src/kubeconfig/file-list.js'

describe('kubeconfigList', () => {
  const rows: [name: string, input: Omit<FileListInput, 'cwd'>, wanted: [file: string, dir: string][] | null, isExplicit?: boolean][] = [
    ['the flag alone', {flag: '/a/b', variable: '/c', home: '/h'}, [['/a/b', '/a']], true],
    ['a relative flag', {flag: 'b'}, [['/cwd/b', '/cwd']], true],
    ['a flag with .. keeps it; . and // are nothing', {flag: '../x/./b'}, [['/cwd/../x/b', '/x']], true],
    ['one name for ./x and x', {variable: './x:.//x'}, [['/cwd/x', '/cwd'], ['/cwd/x', '/cwd']]],
    ['a flag is no list', {flag: '/a:/b'}, [['/a:/b', '/a:']], true],
    ['an empty flag is none', {flag: '', variable: '/c'}, [['/c', '/']]],
    ['the list, in order', {variable: '/b:/a:c', home: '/h'}, [['/b', '/'], ['/a', '/'], ['/cwd/c', '/cwd']]],
    ['empty and repeated entries of the list', {variable: ':/a::/a:', home: '/h'}, [['/a', '/']]],
    ['a list of nothing never falls back to the home file', {variable: '::', home: '/h'}, []],
    ['an empty variable is none', {variable: '', home: '/h'}, [['/h/.kube/config', '/h/.kube']]],
    ['a relative home', {home: 'h'}, [['/cwd/h/.kube/config', '/cwd/h/.kube']]],
    ['nothing at all', {}, null],
    ['an empty home', {home: ''}, null],
  ]
  for (const [name, input, wanted, isExplicit = false] of rows) {
    it(name, () => {
      const list = kubeconfigList({...input, cwd: '/cwd'})
      expect(list && {...list, paths: list.paths.map(({file, dir}) => [file, dir])}).to.deep.equal(wanted && {paths: wanted, isExplicit})
    })
  }
})
