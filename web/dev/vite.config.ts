import { defineConfig, mergeConfig } from 'vite';
import base from '../vite.config.ts';
import { fakeEngine } from './plugin.ts';

export default defineConfig(mergeConfig(base, { plugins: [fakeEngine()] }));
