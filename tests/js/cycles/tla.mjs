export const value = await new Promise((r) => setTimeout(r, 1, 'top-level await'));
