// Biome lints and formats; ESLint adds the promise rules, which need types, and the naming rules of CONTRIBUTING.md.
import tseslint from 'typescript-eslint'

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      'coverage/**',
      '**/generated/**',
      'console/**',
      'explorer/**',
      '**/*.js',
      '**/*.cjs',
      '**/*.mjs',
      '**/vite.config.ts',
      'vitest.config.ts',
    ],
  },
  {
    files: ['**/*.ts'],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'PrivateIdentifier', message: 'Use the TypeScript keyword `private` instead of `#`.' },
        {
          selector:
            ':matches(Program, ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator > Identifier.id[name=/^[A-Z][A-Z0-9_]+$/]',
          message: 'Constants are named in camelCase, with the unit last.',
        },
      ],
    },
  },
  // Packages and client examples are erasable TypeScript, for which these do not exist.
  {
    files: ['{engine,schema,platform,server,workers,start,tools,bench,test}/**/*.ts'],
    ignores: ['schema/graphql/*.ts'], // fields are decorated there
    rules: { '@typescript-eslint/parameter-properties': ['error', { prefer: 'parameter-property' }] },
  },
  // Nobody awaits what pushes lists: there a promise must have a handler of its own, `void` is not enough.
  {
    files: ['server/push/**/*.ts', 'server/sse/**/*.ts', 'server/lists/**/*.ts', 'server/query/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }] },
  },
)
