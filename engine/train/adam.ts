/** Adam (Kingma and Ba, ICLR 2015) for gradient ascent, with β₁ = 0.9, β₂ = 0.99 and ε = 1e-8. */
export class Adam {
  private readonly means: Float64Array
  private readonly squares: Float64Array

  /** @param length number of parameters */
  constructor(length: number) {
    this.means = new Float64Array(length)
    this.squares = new Float64Array(length)
  }

  /**
   * Updates the moments of one parameter. Returns the amount to add to the parameter.
   *
   * @param learningRate step size
   * @param step number of the step, from 1
   */
  ascend(parameter: number, gradient: number, learningRate: number, step: number): number {
    const { means, squares } = this
    const mean = 0.9 * means[parameter]! + 0.1 * gradient
    const square = 0.99 * squares[parameter]! + 0.01 * gradient * gradient
    means[parameter] = mean
    squares[parameter] = square
    const unbiased = mean / (1 - 0.9 ** step)
    return (learningRate * unbiased) / (Math.sqrt(square / (1 - 0.99 ** step)) + 1e-8)
  }
}
