package dev.slipring.observe.inventory;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A Chromium without a window and without a past, whose screen is set for each page. The system properties {@code
 * chromium} and {@code chromedriver} or the environment variables of these names in capitals say where the two are, if
 * they are not in {@code /usr/bin}.
 */
final class Chromium implements AutoCloseable {
    private final Path profile;
    private final ChromeDriver driver;

    private Chromium(Path profile, ChromeDriver driver) {
        this.profile = profile;
        this.driver = driver;
    }

    /** Skips the test if there is no browser, or fails if {@code require.browser} is true. */
    static Chromium start() {
        Optional<Path> chromium = find("chromium", "/usr/bin/chromium", "/usr/bin/chromium-browser");
        Optional<Path> chromedriver = find("chromedriver", "/usr/bin/chromedriver");
        if (chromium.isEmpty() || chromedriver.isEmpty()) {
            String reason = "no browser: neither -Dchromium and -Dchromedriver, nor CHROMIUM and CHROMEDRIVER, nor"
                    + " /usr/bin lead to a Chromium and its driver";
            if (Boolean.getBoolean("require.browser")) {
                throw new IllegalStateException(reason);
            }
            abort(reason);
        }
        try {
            Path profile = Files.createTempDirectory("slipring-browser");
            ChromeDriverService service = new ChromeDriverService.Builder()
                    .usingDriverExecutable(chromedriver.orElseThrow().toFile())
                    .usingAnyFreePort()
                    .build();
            ChromeDriver driver = new ChromeDriver(service, options(chromium.orElseThrow(), profile));
            driver.manage().timeouts().scriptTimeout(Duration.ofSeconds(60));
            return new Chromium(profile, driver);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ChromeOptions options(Path chromium, Path profile) {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.toFile());
        options.addArguments(
                "--headless",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--user-data-dir=" + profile);
        if (System.getProperty("user.name").equals("root")) {
            options.addArguments("--no-sandbox");
        }
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        return options;
    }

    private static Optional<Path> find(String name, String... places) {
        String told = System.getProperty(name, System.getenv(name.toUpperCase(Locale.ROOT)));
        return (told == null ? Stream.of(places) : Stream.of(told))
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Opens a page on a screen of {@code width} CSS pixels, whose reader prefers {@code scheme}, light or dark. */
    void open(Path page, int width, String scheme) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 844, "deviceScaleFactor", 1, "mobile", width < 640));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        driver.get(page.toUri().toString());
    }

    /** What {@code script} returns. */
    Object run(String script) {
        return driver.executeScript(script);
    }

    /** What {@code script} gives to the function that is its last argument. */
    Object await(String script) {
        return driver.executeAsyncScript(script);
    }

    /** What the page logged since the last call. */
    List<String> logged() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::toString)
                .toList();
    }

    /** The whole page, as a PNG. */
    byte[] screenshot() {
        Map<String, Object> shot = driver.executeCdpCommand(
                "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
        return Base64.getDecoder().decode(String.valueOf(shot.get("data")));
    }

    @Override
    public void close() {
        driver.quit();
        try (Stream<Path> files = Files.walk(profile)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // The browser may still be clearing up, too.
            profile.toFile().deleteOnExit();
        }
    }
}
