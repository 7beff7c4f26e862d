import { test as t } from 'node:test';
t('null', () => { throw null });
t('cycle', () => { const e = new Error('a'); e.cause = e; throw e; });
t('odd', () => { const e = new Error('a'); e.message = 5; e.name = {}; e.code = 3; throw e; });
t('async null', async () => { throw undefined });
t('promise', () => Promise.reject({ a: 1 }));
