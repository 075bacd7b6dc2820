-- What the institution calls the person, and who that was when they came through its sign-in the first time: issuer and subject.
ALTER TABLE accounts ADD COLUMN login text UNIQUE, ADD COLUMN subject text UNIQUE;
