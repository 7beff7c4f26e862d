// Our models answer mongoose_mingo.mjs themselves: mingo is not compiled.
export const Aggregator = null;
export const Query = null;
export const update = null;
