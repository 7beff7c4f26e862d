export async function getPageData() {
  return { title: 'Hybrid', menuItems: [{ url: '/vanilla', label: 'Vanilla' }, { url: '/htmx', label: 'HTMX' }] };
}
