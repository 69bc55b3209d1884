package dev.slipring.jdbc;

import java.io.File;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Another virtual machine that runs a class of these tests, to be killed. */
public final class JavaProcess {
    private JavaProcess() {}

    /**
     * Starts one.
     *
     * @param main a test class with a main method
     * @param libraries a class of each library that it needs beside this module and core
     * @param arguments what that method gets
     */
    public static Process start(Class<?> main, List<Class<?>> libraries, String... arguments) throws Exception {
        Stream<Class<?>> ours = Stream.of(
                main,
                dev.slipring.jdbc.login.Login.class,
                dev.slipring.keyring.SecretName.class,
                dev.slipring.contract.Records.class,
                Class.forName("com.fasterxml.jackson.core.JsonFactory"),
                org.slf4j.Logger.class);
        String classPath = Stream.concat(ours, libraries.stream())
                .map(JavaProcess::location)
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m", "-cp", classPath));
        command.add(main.getName());
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
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
