-- What a post's author wrote, where the forum shows what it made of that.
ALTER TABLE body ADD COLUMN written TEXT;
ALTER TABLE body ADD COLUMN written_format TEXT;
