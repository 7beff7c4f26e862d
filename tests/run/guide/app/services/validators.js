export function validate_email(email) {
  return /^[^@\s]+@[^@\s]+$/.test(email);
}
