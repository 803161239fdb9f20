import {expect} from 'chai'
import {reasonWithoutOpenssl} from '../support/certificates.js'
import {minorsOfThisRun} from '../support/kubectl-binaries.js'
import {campaign} from './property/campaign.js'

/** A new seed each day finds new things; the same day fails the same way twice. */
const DAY = Math.floor(Date.now() / 86_400_000)

describe('the laws, for whatever an attacker writes and a person types', function () {
  this.timeout(15 * 60_000)
  const reason = reasonWithoutOpenssl()
  if (reason !== null) {
    it.skip(reason)
    return
  }
  const runs = Number(process.env['K121_RUNS'] ?? 300)
  const seed = Number(process.env['K121_SEED'] ?? DAY)
  const minors = minorsOfThisRun()
  const minor = minors[seed % minors.length] ?? 36

  it(`kubectl 1.${minor}: ${runs} scenarios, seed ${seed}`, async () => {
    const {tally, failure} = await campaign({runs, seed, minor})
    console.log(`      ${JSON.stringify(tally)}`)
    expect(failure === null, failure ?? '').to.equal(true)
    if (runs < 200) return
    // Without these the laws would hold for a guard that refuses everything, or for attackers who do nothing.
    expect(tally.bareRobbed / tally.bareAsked, 'share of bare runs in which an untrusted program ran').to.be.greaterThan(0.1)
    expect(tally.helperRan / tally.runs, 'share of guarded runs in which the trusted helper ran').to.be.greaterThan(0.02)
    expect(tally.compared / tally.runs, 'share of runs compared with kubectl alone').to.be.greaterThan(0.05)
  })
})
