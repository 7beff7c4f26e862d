export const loaded = (name) => { document.body.dataset[name] = 'yes'; };
