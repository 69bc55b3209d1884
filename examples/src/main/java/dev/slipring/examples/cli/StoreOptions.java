package dev.slipring.examples.cli;

import dev.slipring.examples.StorePlace;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the records and values are that the command is about. */
final class StoreOptions {
    @Option(
            names = "--store",
            paramLabel = "PLACE",
            required = true,
            description = "file:DIR; jdbc, see --jdbc-url; vault, see --prefix, at VAULT_ADDR by VAULT_TOKEN; aws, see"
                    + " --prefix, by the SDK's own variables. SLIPRING_STORE unless given")
    String store = "";

    @Option(
            names = "--prefix",
            paramLabel = "TEXT",
            description =
                    "what the application's store has as its prefix: of paths in Vault, of names in AWS, of tables"
                            + " in a database. SLIPRING_PREFIX unless given")
    @Nullable
    String prefix;

    @Option(
            names = "--mount",
            paramLabel = "PATH",
            description = "the key-value engine in Vault, \"secret\" unless given")
    @Nullable
    String mount;

    @Option(
            names = "--jdbc-url",
            paramLabel = "URL",
            description = "the database, without a password in it. SLIPRING_JDBC_URL unless given")
    @Nullable
    String jdbcUrl;

    @Option(
            names = "--jdbc-user",
            paramLabel = "USER",
            description = "who logs in there, with the password in the variable SLIPRING_JDBC_PASSWORD")
    @Nullable
    String jdbcUser;

    @Option(
            names = "--jdbc-schema",
            paramLabel = "SCHEMA",
            description = "the schema of the tables, the one connections begin in unless given")
    @Nullable
    String jdbcSchema;

    @Option(
            names = "--root-key",
            paramLabel = "NAME=FILE",
            description = "the root key that seals values in a database, and the file, or the directory of numbered"
                    + " files, that holds it")
    @Nullable
    String rootKey;

    /** What the command does with the store. */
    enum Use {
        /** Records alone. */
        RECORDS,
        /** Values as well. */
        VALUES,
        /** Values, in a store that may have to be made. */
        CREATION
    }

    /**
     * Opens the store.
     *
     * @throws NotDoneException if the options do not say which, or it cannot be opened
     */
    OpenStore open(Surroundings around, Use use) {
        return new StoreOpening(this, around, use).open();
    }

    /** The place, with AWS as null: the demo's places share their spelling with these. */
    @Nullable
    StorePlace place() {
        if (store.equals("aws")) {
            return null;
        }
        try {
            return StorePlace.parse(store);
        } catch (IllegalArgumentException e) {
            throw NotDoneException.usage("option --store is none of file:DIR, jdbc, vault, aws");
        }
    }

    /** The directory of a file store. */
    static Path directory(StorePlace place) {
        return place.directory()
                .orElseThrow(() -> NotDoneException.usage("option --store names no directory: give file:DIR"));
    }
}
