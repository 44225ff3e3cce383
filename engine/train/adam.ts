/** Adam (Kingma and Ba, 2015): the moments of the gradient of some parameters, with decays .9 and .99. */
export class Adam {
  private readonly means: Float64Array
  private readonly squares: Float64Array

  /** @param length number of parameters */
  constructor(length: number) {
    this.means = new Float64Array(length)
    this.squares = new Float64Array(length)
  }

  /**
   * Takes the gradient of one parameter into account. Returns what the parameter rises by.
   * @param pace step size
   * @param step number of the step, from 1
   */
  rise(parameter: number, gradient: number, pace: number, step: number): number {
    const { means, squares } = this
    const mean = 0.9 * means[parameter]! + 0.1 * gradient
    const square = 0.99 * squares[parameter]! + 0.01 * gradient * gradient
    means[parameter] = mean
    squares[parameter] = square
    const unbiased = mean / (1 - 0.9 ** step)
    return (pace * unbiased) / (Math.sqrt(square / (1 - 0.99 ** step)) + 1e-8)
  }
}
