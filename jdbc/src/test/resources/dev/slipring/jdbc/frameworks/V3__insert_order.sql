INSERT INTO orders (id, price) VALUES (1, 12);
