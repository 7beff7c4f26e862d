export const convertToXML = (items) => `<products>${items.map((item) => `<product>${item.id}</product>`).join('')}</products>`;

export const convertToCSV = (items) => ['id,name', ...items.map((item) => `${item.id},${item.name}`)].join('\n');
