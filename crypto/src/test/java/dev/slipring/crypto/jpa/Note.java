package dev.slipring.crypto.jpa;

import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;

/** A note with a column of each kind. */
@Entity
@Table(name = "notes")
class Note {
    static final String TABLE = """
            CREATE TABLE notes (id bigint PRIMARY KEY, version int NOT NULL, folder text,
                title varchar(255), body bytea, scan bytea, stamp bytea)""";

    @Id
    long id;

    @Version
    int version;

    @Column(columnDefinition = "text")
    String folder;

    @Convert(converter = NoteColumns.Title.class)
    String title;

    @Convert(converter = NoteColumns.Body.class)
    String body;

    @Convert(converter = NoteColumns.Scan.class)
    byte[] scan;

    @Convert(converter = NoteColumns.Stamp.class)
    byte[] stamp;

    protected Note() {}

    Note(long id, String text) {
        this.id = id;
        title = text;
        body = text;
        scan = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        stamp = scan.clone();
    }
}
