export default function whole(request) {
  return { by: 'whole', method: request.method };
}
export function handle() {
  return { by: 'handle' };
}
