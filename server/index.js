#!/usr/bin/env node
import { existsSync } from 'node:fs';

const compiled = new URL('../dist/server/start.js', import.meta.url);
if (existsSync(compiled)) {
  await import(compiled.href);
} else {
  console.error('messageapp: This is not built yet: run npm install first.');
  process.exitCode = 2;
}
