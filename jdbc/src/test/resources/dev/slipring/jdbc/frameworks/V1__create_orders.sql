CREATE TABLE orders (id bigint PRIMARY KEY, price int NOT NULL);
