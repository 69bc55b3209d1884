package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.ProbeVerdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every way to rotate a login does, also when it is killed at any statement. */
abstract class LoginIssuerContract {
    /** A database in which nothing was done for the secret yet but the set-up. */
    interface World {
        ConnectionSource admin();

        LoginIssuer issuer(ConnectionSource admin);

        Issuance version(int number);

        Connection connect(Login login) throws SQLException;
    }

    abstract World world() throws SQLException;

    /** What is done to a world, what works in it by right, and what the values were. */
    static final class Story {
        final World world;
        final Map<Integer, SecretValue> values = new TreeMap<>();
        final Set<Integer> working = new TreeSet<>();
        final boolean overlaps;

        Story(World world) {
            this.world = world;
            overlaps = world.issuer(world.admin()).traits().install() == Install.BEFORE_PUBLISH;
        }

        /** Does {@code step} as often as it takes, and looks at the logins whenever it fails. */
        void play(String step, LoginIssuer mortal, LoginIssuer immortal) {
            int number = Integer.parseInt(step.substring(1));
            boolean install = step.charAt(0) == '+';
            Issuance issuance = world.version(number);
            SecretValue value = values.computeIfAbsent(number, n -> immortal.mint(issuance, List.of()));
            try {
                act(install, mortal, issuance, value);
            } catch (IssuerException e) {
                check(immortal, number);
                act(install, immortal, issuance, value);
            }
            if (install && !overlaps) {
                working.clear();
            }
            if (install) {
                working.add(number);
            } else {
                working.remove(number);
            }
        }

        /** Begins to install a version, and says whether that failed. */
        boolean begin(int number, LoginIssuer mortal, LoginIssuer immortal) {
            values.put(number, immortal.mint(world.version(number), List.of()));
            try {
                mortal.install(world.version(number), values.get(number));
                return false;
            } catch (IssuerException e) {
                return true;
            }
        }

        private static void act(boolean install, LoginIssuer issuer, Issuance issuance, SecretValue value) {
            if (install) {
                issuer.install(issuance, value);
            } else {
                issuer.revoke(issuance);
            }
        }

        /** Exactly what works by right works; of one version it may be unknown as yet. */
        void check(LoginIssuer issuer, int but) {
            for (Map.Entry<Integer, SecretValue> entry : values.entrySet()) {
                boolean unknown = entry.getKey() == but || (!overlaps && but > 0 && working.contains(entry.getKey()));
                if (!unknown) {
                    assertThat(issuer.probe(world.version(entry.getKey()), entry.getValue()))
                            .as("version %d", entry.getKey())
                            .isEqualTo(working.contains(entry.getKey()) ? ProbeVerdict.ALIVE : ProbeVerdict.DEAD);
                }
            }
        }
    }

    /** Rotations, one of which is given up; the last version is revoked while nothing replaces it. */
    private static final List<String> STEPS = List.of("+1", "+2", "-1", "+3", "-3", "-2", "+4");

    /** Where installing is the switch, what is given up is switched back first. */
    private static final List<String> SWITCHES = List.of("+1", "+2", "-1", "+3", "+2", "-3", "-2", "+4");

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void rotator_killedAtAnyStatement_isFollowedByOneThatComesToTheSameEnd(boolean after) throws SQLException {
        int k = 0;
        boolean blown = true;
        while (blown) {
            World world = world();
            Fuse fuse = new Fuse(world.admin(), k, after);
            LoginIssuer immortal = world.issuer(world.admin());
            Story story = new Story(world);
            boolean checked = false;
            for (String step : story.overlaps ? STEPS : SWITCHES) {
                story.play(step, world.issuer(fuse), immortal);
                if (fuse.blown() && !checked) {
                    story.check(immortal, 0);
                    checked = true;
                }
            }
            story.check(immortal, 0);
            blown = fuse.blown();
            k++;
        }
        assertThat(k).as("moments").isGreaterThan(15);
    }

    /** Killed at any statement of the second install; then either version is revoked, and the rotation goes on. */
    @ParameterizedTest
    @CsvSource({"1, 2", "2, 5"})
    void install_cutShort_leavesWhatMayBeRevokedAndReplaced(int revoked, int next) throws SQLException {
        for (boolean after : new boolean[] {false, true}) {
            boolean blown = true;
            for (int k = 0; blown; k++) {
                World world = world();
                Fuse fuse = new Fuse(world.admin(), k, after);
                LoginIssuer immortal = world.issuer(world.admin());
                Story story = new Story(world);
                story.play("+1", immortal, immortal);
                blown = story.begin(2, world.issuer(fuse), immortal);
                if (!story.overlaps && revoked == 2) {
                    story.play("+1", immortal, immortal);
                }
                story.play("-" + revoked, immortal, immortal);
                story.check(immortal, 2);
                story.play("+" + next, immortal, immortal);
                story.check(immortal, next == 5 ? 0 : 1);
                assertThat(immortal.probe(world.version(revoked), story.values.get(revoked)))
                        .as("killed at %d", k)
                        .isEqualTo(ProbeVerdict.DEAD);
            }
        }
    }

    @Test
    void rotators_threeAtOnce_converge() throws Exception {
        World world = world();
        Story story = new Story(world);
        LoginIssuer immortal = world.issuer(world.admin());
        ExecutorService replicas = Executors.newFixedThreadPool(3);
        for (String step : story.overlaps ? STEPS : SWITCHES) {
            story.play(step, immortal, immortal);
            int number = Integer.parseInt(step.substring(1));
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                LoginIssuer replica = world.issuer(world.admin());
                done.add(replicas.submit(() ->
                        Story.act(step.charAt(0) == '+', replica, world.version(number), story.values.get(number))));
            }
            for (Future<?> one : done) {
                one.get();
            }
            story.check(immortal, 0);
        }
        replicas.shutdown();
    }

    @Test
    void install_afterTheRevocation_isRefused() throws SQLException {
        World world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        Story story = new Story(world);
        for (String step : List.of("+1", "+2", "-1")) {
            story.play(step, issuer, issuer);
        }
        assertThatThrownBy(() -> issuer.install(world.version(1), story.values.get(1)))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("was revoked");
        story.check(issuer, 0);
    }

    @Test
    void install_afterAnAbortOfWhatWasNeverInstalled_isRefused() throws SQLException {
        World world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        Story story = new Story(world);
        story.play("+1", issuer, issuer);
        story.play("-3", issuer, issuer);
        story.check(issuer, 0);
        if (lateAbortIsSeen()) {
            assertThatThrownBy(() -> issuer.install(world.version(3), story.values.get(3)))
                    .isInstanceOf(IssuerException.class)
                    .hasMessageContaining("was revoked");
            story.check(issuer, 0);
        }
    }

    /** Whether the database remembers a version that it was only told to revoke. */
    boolean lateAbortIsSeen() {
        return true;
    }

    @Test
    void login_ofAnotherSecretOrOfNobody_isRefusedAndLeftAlone() throws SQLException {
        World world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        Story story = new Story(world);
        story.play("+1", issuer, issuer);
        Issuance own = world.version(1);
        Issuance foreign = new Issuance(SecretName.of("another"), 1, own.slot(), own.rotationId(), 1, 1);
        assertThatThrownBy(() -> issuer.install(foreign, story.values.get(1)))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("does not belong");
        assertThatThrownBy(() -> issuer.revoke(foreign)).hasMessageContaining("does not belong");
        story.check(issuer, 0);
    }
}
