export default {
  // The dashboard shows the user that a login would have put here.
  middleware: [(request, response, next) => { request.user = { id: 'u1' }; next(); }],
};
