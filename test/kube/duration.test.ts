import {expect} from 'chai'
import {durationOf} from '../../src/kube/duration.js'

describe("kubectl's durations", () => {
  const rows: [text: string, milliseconds: number | null][] = [
    ['0', 0], ['30', 30_000], ['30s', 30_000], ['2m', 120_000], ['1h', 3_600_000], ['1m30s', 90_000], ['1.5h', 5_400_000], ['.5s', 500], ['100ms', 100], ['+1s', 1000],
    ['', null], ['s', null], ['-1s', null], ['-1', null], ['1 s', null], ['1d', null], ['1.2.3s', null], ['1e3', null], ['0x10', null],
  ]
  for (const [text, milliseconds] of rows) it(`"${text}": ${milliseconds}`, () => expect(durationOf(text)).to.equal(milliseconds))
})
