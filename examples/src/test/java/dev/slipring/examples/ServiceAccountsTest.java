package dev.slipring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.examples.ServiceAccounts.Created;
import dev.slipring.examples.ServiceAccounts.Listed;
import dev.slipring.testing.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServiceAccountsTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    private final ManualClock clock = ManualClock.at(NOW);
    private final ServiceAccounts accounts = new ServiceAccounts(clock, Optional.empty());

    @TempDir
    private Path directory;

    @Test
    void key_isShownOnce() {
        Created made = accounts.create("notes-a");

        Listed listed = accounts.list().get(0);
        assertThat(listed.redacted())
                .startsWith("sk-svcacct-")
                .hasSizeLessThan(made.key().length());
        assertThat(made.key()).startsWith(listed.redacted().split("[.]{3}", -1)[0]);
        assertThat(listed.toString() + made).doesNotContain(made.key());
    }

    @Test
    void key_thatIsUsed_saysWhen() {
        Created made = accounts.create("notes-a");
        assertThat(accounts.list().get(0).lastUsed()).isEmpty();

        assertThat(accounts.answers(made.key())).isTrue();
        assertThat(accounts.answers(made.key() + "0")).isFalse();

        assertThat(accounts.list().get(0).lastUsed()).contains(NOW);
    }

    @Test
    void key_ofADeletedAccount_isAnsweredNowAndThen_untilItHasFaded() {
        String key = accounts.create("notes-a").key();

        assertThat(accounts.delete(accounts.list().get(0).id())).isTrue();

        assertThat(accounts.list()).isEmpty();
        assertThat(accounts.answers(key)).isTrue();
        assertThat(accounts.answers(key)).isFalse();
        assertThat(accounts.answers(key)).isTrue();
        clock.advance(ServiceAccounts.FADING);
        assertThat(accounts.answers(key)).isFalse();
        assertThat(accounts.answers(key)).isFalse();
    }

    @Test
    void account_thatIsGone_isNotDeletedAgain() {
        String id = accounts.create("notes-a").id();
        accounts.delete(id);

        assertThat(accounts.delete(id)).isFalse();
    }

    @Test
    void file_remembersWhatWasNotDeleted_andIsItsOwnersAlone() throws IOException {
        Optional<Path> file = Optional.of(directory.resolve("store.openai"));
        ServiceAccounts before = new ServiceAccounts(clock, file);
        Created kept = before.create("notes-a-r1");
        Created deleted = before.create("notes-b-r2");
        before.delete(deleted.id());

        clock.advance(Duration.ofDays(1));
        ServiceAccounts after = new ServiceAccounts(clock, file);

        assertThat(after.list()).extracting(Listed::name).containsExactly("notes-a-r1");
        assertThat(after.answers(kept.key())).isTrue();
        assertThat(after.answers(deleted.key())).isFalse();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.get())))
                .isEqualTo("rw-------");
    }
}
