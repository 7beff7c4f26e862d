// What the guide's examples call without saying where it is from.
export async function getPageData() {
  return { title: 'Hybrid & more', menuItems: [{ url: '/a?x=1&y=2', label: 'First' }, { url: '/b', label: 'Second' }] };
}

export async function getTodoItems() {
  return [{ id: 1, text: 'Write tests' }];
}

export async function getData() {
  return [1, 2, 3];
}
