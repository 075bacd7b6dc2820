CREATE TABLE counted (id int PRIMARY KEY);
