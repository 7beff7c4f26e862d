CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT NOT NULL, price REAL NOT NULL);
INSERT INTO items (name, note, price) VALUES
  ('Desk', 'oak & steel', 240), ('Chair', 'four legs', 85.5), ('Lamp', '"warm" light', 39.25), ('Shelf', 'five boards', 120),
  ('Rack', 'for coats', 49.75), ('Stool', 'three legs', 30), ('Table', '<round>', 310), ('Mat', 'wool', 25.5),
  ('Clock', 'no battery', 60), ('Vase', 'blue', 18.75), ('Bench', 'for two', 150), ('Mirror', 'tall', 99);
CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
