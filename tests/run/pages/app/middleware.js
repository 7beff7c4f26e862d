// Who is not of the staff is sent away from its pages.
export default function guard(request, response, next) {
  if (!request.path.startsWith('/staff') || request.headers['x-staff']) return next();
  if (request.headers['x-refuse']) return response.status(401).send('staff only');
  response.redirect('/about');
}
