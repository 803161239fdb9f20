/**
 * Holds our reading of NetworkPolicies against cyclonus, which tests CNIs with
 * them: is traffic between a pod and an address allowed? The same problems moved
 * below an IPv6 prefix must have the same answers, of both. Needs Go.
 *
 *     npx tsx test/differential/network-policy.fuzz.ts --runs 3000 --seed 1
 */
import {parseArgs} from 'node:util'
import type {Problem} from './network-policy.js'
import {buildJudge, embedded, ourAnswers, randomProblem} from './network-policy.js'
import {randomFrom} from './random.js'

const MOST_SHOWN = 5

const {values} = parseArgs({options: {runs: {type: 'string', default: '3000'}, seed: {type: 'string', default: '1'}}})
const random = randomFrom(Number(values.seed))
const start = performance.now()
const tally = {problems: 0, answers: 0, allowed: 0, differences: 0}
const judge = buildJudge()
try {
  const problems = Array.from({length: Number(values.runs)}, () => randomProblem(random))
  const images = problems.map(embedded)
  const theirs = judge.answers(problems)
  const theirsOfImages = judge.answers(images)
  for (const [index, problem] of problems.entries()) compare(problem, images[index]!, [theirs[index]!, theirsOfImages[index]!])
} finally {
  judge.remove()
}
console.log(JSON.stringify({judge: 'cyclonus v0.5.6', seed: Number(values.seed), ...tally, seconds: Math.round((performance.now() - start) / 100) / 10}))
// Answers that are all the same prove little.
const share = tally.allowed / tally.answers
if (tally.differences > 0 || !(share > 0.1 && share < 0.9)) process.exitCode = 1

function compare(problem: Problem, image: Problem, [theirs, theirsOfImage]: readonly [boolean[], boolean[]]): void {
  tally.problems++
  const [ours, oursOfImage] = [ourAnswers(problem), ourAnswers(image)]
  for (const [index, query] of problem.queries.entries()) {
    const answers = [ours[index], theirs[index], oursOfImage[index], theirsOfImage[index]]
    tally.answers++
    if (ours[index] === true) tally.allowed++
    if (new Set(answers).size === 1) continue
    tally.differences++
    if (tally.differences <= MOST_SHOWN) console.log(`${JSON.stringify({query, ours: answers[0], theirs: answers[1], oursOfImage: answers[2], theirsOfImage: answers[3]})}\n${JSON.stringify(problem.policies)}`)
  }
}
