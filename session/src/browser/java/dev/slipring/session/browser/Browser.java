package dev.slipring.session.browser;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Cookie;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/**
 * A Chromium without a window and without a past. The system properties {@code chromium} and {@code chromedriver} or the
 * environment variables of these names in capitals say where the two are, if they are not in {@code /usr/bin}.
 */
final class Browser implements AutoCloseable {
    private final Path profile;
    private final ChromeDriver driver;

    private Browser(Path profile, ChromeDriver driver) {
        this.profile = profile;
        this.driver = driver;
    }

    /** Skips the test if there is no browser, or fails if {@code require.browser} is true. */
    static Browser start() {
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
            ChromeOptions options = new ChromeOptions();
            options.setBinary(chromium.orElseThrow().toFile());
            options.addArguments(
                    "--headless",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--window-size=800,600",
                    "--user-data-dir=" + profile);
            if (System.getProperty("user.name").equals("root")) {
                options.addArguments("--no-sandbox");
            }
            ChromeDriverService service = new ChromeDriverService.Builder()
                    .usingDriverExecutable(chromedriver.orElseThrow().toFile())
                    .usingAnyFreePort()
                    .build();
            ChromeDriver driver = new ChromeDriver(service, options);
            driver.manage().timeouts().scriptTimeout(Duration.ofSeconds(60));
            return new Browser(profile, driver);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Path> find(String name, String... places) {
        String told = System.getProperty(name, System.getenv(name.toUpperCase(Locale.ROOT)));
        return (told == null ? Stream.of(places) : Stream.of(told))
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Opens {@code url} in the present tab and returns the text of the element {@code user}. */
    String open(String url) {
        driver.get(url);
        return driver.findElement(By.id("user")).getText();
    }

    /** Opens another tab, which becomes the present one, and returns its handle. */
    String openTab(String url) {
        driver.switchTo().newWindow(WindowType.TAB);
        driver.get(url);
        return tab();
    }

    String tab() {
        return driver.getWindowHandle();
    }

    void switchTo(String tab) {
        driver.switchTo().window(tab);
    }

    Optional<Cookie> cookie(String name) {
        return Optional.ofNullable(driver.manage().getCookieNamed(name));
    }

    /** What scripts of the page see of cookies. */
    String visibleCookies() {
        return String.valueOf(driver.executeScript("return document.cookie"));
    }

    /** Lets the page of the present tab fetch {@code path} many times, without waiting. */
    void fetch(String path, int times) {
        driver.executeScript(
                "window.answers = Promise.all(Array.from({length: arguments[1]}, (_, i) =>"
                        + " fetch(arguments[0] + '?' + i).then(answer => answer.text())))",
                path,
                times);
    }

    /** What was fetched in the present tab. */
    List<String> fetched() {
        Object answers = driver.executeAsyncScript("window.answers.then(arguments[arguments.length - 1])");
        return ((List<?>) answers).stream().map(String::valueOf).toList();
    }

    void screenshot(Path file) throws IOException {
        File shot = driver.getScreenshotAs(OutputType.FILE);
        Files.createDirectories(file.getParent());
        Files.move(shot.toPath(), file, StandardCopyOption.REPLACE_EXISTING);
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
