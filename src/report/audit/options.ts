/** What a person may choose about the look of a report; machine formats ignore it. */
export interface RenderOptions {
  /** Columns of the terminal, or 80. */
  width: number
  isColoured: boolean
  /** Also checks that found nothing. */
  showPassed: boolean
  /** All groups, not only the worst. */
  isFull: boolean
}

export const PLAIN: RenderOptions = {width: 80, isColoured: false, showPassed: false, isFull: false}
