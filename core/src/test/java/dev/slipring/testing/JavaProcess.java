package dev.slipring.testing;

import com.fasterxml.jackson.core.JsonFactory;
import dev.slipring.keyring.SecretName;
import java.io.File;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;

/** Another virtual machine that runs a class of these tests. Stateless. */
public final class JavaProcess {
    private JavaProcess() {}

    /**
     * Prepares a process that is quick to start.
     *
     * @param main a test class with a main method
     * @param arguments what that method gets
     */
    public static ProcessBuilder of(Class<?> main, String... arguments) {
        String classPath = Stream.of(SecretName.class, main, JsonFactory.class, Logger.class)
                .map(JavaProcess::location)
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
        return with(List.of("-cp", classPath), main, arguments);
    }

    /**
     * Prepares a process that is quick to start.
     *
     * @param options where the virtual machine finds its classes, and what else it is to be told
     * @param main a class with a main method
     * @param arguments what that method gets
     */
    public static ProcessBuilder with(List<String> options, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m"));
        command.addAll(options);
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    /** The directory or archive that a class comes from, also where it patches a module. */
    private static String location(Class<?> type) {
        try {
            String file = type.getName().replace('.', '/') + ".class";
            URL url = type.getResource("/" + file);
            if (url.openConnection() instanceof JarURLConnection jar) {
                return Path.of(jar.getJarFileURL().toURI()).toString();
            }
            String path = Path.of(url.toURI()).toString();
            return path.substring(0, path.length() - file.length() - 1);
        } catch (Exception e) {
            throw new IllegalStateException("no location of " + type, e);
        }
    }
}
