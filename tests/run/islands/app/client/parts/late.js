export const late = () => (document.body.dataset.late = 'yes');
