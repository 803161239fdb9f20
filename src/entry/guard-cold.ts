/** The cold road of the guard: loaded only when no verdict is known. */
export {judgeCommand} from '../wiring/judge-command.js'
