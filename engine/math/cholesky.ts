/**
 * Factors the symmetric positive definite matrix in place: the lower triangle becomes L with A = LLᵀ. The upper
 * triangle is neither read nor written.
 *
 * @param a n × n, row by row.
 * @throws RangeError when the matrix is not positive definite.
 */
export function cholesky(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    const ri = i * n
    for (let j = 0; j <= i; j++) {
      const rj = j * n
      let sum = a[ri + j]!
      for (let k = 0; k < j; k++) sum -= a[ri + k]! * a[rj + k]!
      if (i !== j) a[ri + j] = sum / a[rj + j]!
      else if (sum > 0) a[ri + i] = Math.sqrt(sum)
      else throw new RangeError(`matrix is not positive definite: pivot ${i} of ${n} is ${sum}`)
    }
  }
}

/** Solves LLᵀx = b in place of `b`, for the L that `cholesky` left in `l`. */
export function solveFactored(l: Float64Array, b: Float64Array, n: number): void {
  forward(l, b, n)
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i]!
    for (let k = i + 1; k < n; k++) sum -= l[k * n + i]! * b[k]!
    b[i] = sum / l[i * n + i]!
  }
}

/** Solves Lx = b in place of `b`. */
export function forward(l: Float64Array, b: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i]!
    for (let k = 0; k < i; k++) sum -= l[i * n + k]! * b[k]!
    b[i] = sum / l[i * n + i]!
  }
}

/** Solves Ax = b in place of both. */
export function choleskySolve(a: Float64Array, b: Float64Array, n: number): void {
  cholesky(a, n)
  solveFactored(a, b, n)
}

/** L⁻¹ of a lower triangular L, whose upper triangle is not read; zero above the diagonal. */
export function invertLower(l: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n)
  for (let j = 0; j < n; j++) {
    inverse[j * n + j] = 1 / l[j * n + j]!
    for (let i = j + 1; i < n; i++) {
      let sum = 0
      for (let k = j; k < i; k++) sum -= l[i * n + k]! * inverse[k * n + j]!
      inverse[i * n + j] = sum / l[i * n + i]!
    }
  }
  return inverse
}
