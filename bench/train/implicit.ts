import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fitted, Setting, Task } from './factors.ts'

/** Reads what `writeTask` wrote; implicit's alpha is in the data already (c = 1 + alpha · strength). */
const program = `
import json, os, sys, time
for name in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'): os.environ[name] = '1'
import numpy as np, scipy.sparse as sp
from implicit.als import AlternatingLeastSquares
task = json.load(open(sys.argv[1]))
s = task['setting']
shape = (task['rows'], task['width'])
values = 1 + s['alpha'] * np.array(task['values'], dtype=np.float32)
matrix = sp.csr_matrix((values, np.array(task['columns']), np.array(task['starts'])), shape=shape)
model = AlternatingLeastSquares(factors=s['dimensions'], iterations=s['rounds'], regularization=s['regularization'], alpha=1, num_threads=1, random_state=1)
begun = time.perf_counter()
model.fit(matrix, show_progress=False)
seconds = time.perf_counter() - begun
users = np.array([h['user'] for h in task['held']])
lists, _ = model.recommend(users, matrix[users], N=20, filter_already_liked_items=True)
ndcg = 0.0
for held, found in zip(task['held'], lists):
    place = np.where(found == held['item'])[0]
    if len(place): ndcg += 1 / np.log2(place[0] + 2)
print(json.dumps({'seconds': seconds, 'ndcg': ndcg / len(users)}))
`

export function writeTask({ matrix, heldOut }: Task, setting: Setting, dir: string): string {
  const file = join(dir, 'task.json')
  const { rows, width, starts, columns, values } = matrix
  const task = { rows, width, held: heldOut, setting, starts: [...starts], columns: [...columns], values: [...values] }
  writeFileSync(file, JSON.stringify(task))
  return file
}

/** @returns null if this Python has no package implicit */
export function fitByImplicit(python: string, file: string): Fitted | null {
  const { status, stdout } = spawnSync(python, ['-c', program, file], { encoding: 'utf8', timeout: 300_000 })
  return status === 0 ? (JSON.parse(stdout.trim().split('\n').at(-1)!) as Fitted) : null
}
