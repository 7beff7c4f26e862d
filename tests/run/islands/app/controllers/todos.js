const items = [{ id: 1, text: 'Write' }, { id: 2, text: '<img src=x onerror=alert(1)>' }];

export async function getTodoItems() {
  return items;
}

export async function addItem(text) {
  return { id: items.length + 1, text };
}
