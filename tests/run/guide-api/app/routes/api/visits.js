export function GET(request) {
  request.session.visits = (request.session.visits || 0) + 1;
  return { visits: request.session.visits };
}
