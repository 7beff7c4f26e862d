import { gone } from '../app/lib/gone.js';

test('is not run', () => gone());
