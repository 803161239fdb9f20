import {expect} from 'chai'
import {pathOf} from '../../src/kube/field.js'
import {stepsOf} from '../../src/kube/field-path.js'

describe('steps of a path', () => {
  const rows: (string | number)[][] = [['a', 0, 'b-c'], ['a', 'x.y/z', 1], ['a', ']"[', 'b'], ['a', '\\', 'b'], ['a', '\\"]', 0, 0], ['"'], ['a', 'a"]["b"].c', 'd'], ['a', '\n\u0000', 'b'], ['__proto__', 'constructor']]
  for (const steps of rows) it(JSON.stringify(steps), () => expect(stepsOf(pathOf(steps))).to.deep.equal(steps))
})
