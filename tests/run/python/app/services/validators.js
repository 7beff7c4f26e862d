export function validate_email(text) {
  return text.includes('@');
}
