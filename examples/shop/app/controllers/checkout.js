const rules = {
  name: { label: 'Name', min: 2, max: 80 },
  street: { label: 'Street', min: 3, max: 120 },
  zip: { label: 'ZIP', pattern: /^\d{5}$/ },
  city: { label: 'City', min: 2, max: 80 },
  email: { label: 'E-mail', pattern: /^[^\s@]+@[^\s@]+\.[^\s@]+$/ },
};

export function validate(form) {
  const errors = {};
  const values = {};
  for (const [field, rule] of Object.entries(rules)) {
    const value = String(form[field] ?? '').trim();
    values[field] = value;
    if (value === '') errors[field] = `${rule.label} is required`;
    else if (rule.min && value.length < rule.min) errors[field] = `${rule.label} is too short`;
    else if (rule.max && value.length > rule.max) errors[field] = `${rule.label} is too long`;
    else if (rule.pattern && !rule.pattern.test(value)) errors[field] = `${rule.label} looks wrong`;
  }
  return { values, errors, ok: Object.keys(errors).length === 0 };
}

export const fields = Object.entries(rules).map(([name, { label }]) => ({ name, label }));
