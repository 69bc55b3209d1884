package dev.slipring;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.testing.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The processes of a crash test. Kills them as asked: a random one at a random moment, or, since most of a
 * rotation is waiting, one that just said that it is in the middle of a step, a random moment later. Used by one
 * thread.
 */
final class CrashFleet implements AutoCloseable {
    private static final int PROCESSES = 4;

    /** So many processes go on while others start, since those that start rotate nothing. */
    private static final int KEPT = 2;

    private static final int SHORTEST_PAUSE_MILLIS = 20;
    private static final int LONGEST_PAUSE_MILLIS = 150;
    private static final int LONGEST_AIM_MICROS = 4000;

    private final CrashPlace place;
    private final int rotations;
    private final Random random;
    private final List<Member> members = new ArrayList<>();
    private final BlockingQueue<Member> inStep = new ArrayBlockingQueue<>(1);
    private int started;
    private int kills;

    /** A process that was started, with the thread that listens to it. */
    private static final class Member {
        private final Process process;
        private final Path errors;
        private volatile boolean ready;

        private Member(Process process, Path errors) {
            this.process = process;
            this.errors = errors;
        }
    }

    private CrashFleet(CrashPlace place, int rotations, long seed) {
        this.place = place;
        this.rotations = rotations;
        random = new Random(seed);
    }

    /** Starts processes that rotate every secret in {@code place} so many times. */
    static CrashFleet start(CrashPlace place, int rotations, long seed) throws IOException {
        CrashFleet fleet = new CrashFleet(place, rotations, seed);
        for (int i = 0; i < PROCESSES; i++) {
            fleet.members.add(fleet.member());
        }
        return fleet;
    }

    /** How many processes were killed. */
    int kills() {
        return kills;
    }

    /** Kills processes and starts others in their places, until {@code done}. */
    void killUntil(BooleanSupplier done, Duration limit) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!done.getAsBoolean()) {
            long pause = random.nextInt(SHORTEST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS + 1);
            inStep.clear(); // who was in a step while another was being replaced is not any more
            Member aim = inStep.poll(pause, TimeUnit.MILLISECONDS);
            checkAlive(deadline);
            List<Member> ready = members.stream().filter(member -> member.ready).toList();
            if (ready.size() > KEPT) {
                boolean hit = aim != null && ready.contains(aim);
                if (hit) {
                    LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(LONGEST_AIM_MICROS)));
                }
                replace(hit ? aim : members.get(random.nextInt(members.size())));
            }
        }
    }

    /** Waits, without killing any, until {@code done}. */
    void await(BooleanSupplier done, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!done.getAsBoolean()) {
            checkAlive(deadline);
            inStep.poll(SHORTEST_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Ends all processes in good order. */
    void stop() throws IOException, InterruptedException {
        for (Member member : members) {
            member.process.getOutputStream().close();
        }
        for (Member member : members) {
            if (!member.process.waitFor(1, TimeUnit.MINUTES) || member.process.exitValue() != 0) {
                throw new AssertionError("a process did not end well: " + Files.readString(member.errors));
            }
        }
    }

    @Override
    public void close() {
        members.forEach(member -> member.process.destroyForcibly());
    }

    private void checkAlive(long deadline) {
        for (Member member : members) {
            if (!member.process.isAlive()) {
                throw new AssertionError("a process ended by itself: " + text(member.errors));
            }
        }
        if (System.nanoTime() - deadline > 0) {
            throw new AssertionError("it takes too long; kills: " + kills);
        }
    }

    private void replace(Member member) throws IOException, InterruptedException {
        member.process.destroyForcibly();
        if (!member.process.waitFor(1, TimeUnit.MINUTES)) {
            throw new AssertionError("a killed process does not end");
        }
        kills++;
        members.set(members.indexOf(member), member());
    }

    private Member member() throws IOException {
        String name = "p" + ++started;
        Path errors = place.logs().resolve(name + ".err");
        Process process = JavaProcess.of(
                        RotatingProcess.class, place.root().toString(), name, String.valueOf(rotations))
                .redirectError(errors.toFile())
                .start();
        Member member = new Member(process, errors);
        Thread listener = new Thread(() -> listen(member), "listener-" + name);
        listener.setDaemon(true);
        listener.start();
        return member;
    }

    private void listen(Member member) {
        try (BufferedReader said = new BufferedReader(new InputStreamReader(member.process.getInputStream(), UTF_8))) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                if (line.equals("ready")) {
                    member.ready = true;
                } else {
                    inStep.offer(member);
                }
            }
        } catch (IOException e) {
            member.ready = false; // it was killed while it said something
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
