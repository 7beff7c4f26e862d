// Text of the request in every place of a response's head.
export default function handler(request, response) {
  const { header, name, redirect, cookie, type, download } = request.query;
  if (header !== undefined) response.set('X-Text', header);
  if (name !== undefined) response.set(name, 'x');
  if (cookie !== undefined) response.cookie('c', cookie);
  if (type !== undefined) response.type(type);
  if (download !== undefined) response.attachment(download);
  if (redirect !== undefined) return response.redirect(redirect);
  response.send('done');
}
