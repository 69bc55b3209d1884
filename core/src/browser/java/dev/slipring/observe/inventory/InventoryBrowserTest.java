package dev.slipring.observe.inventory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the page of an inventory looks on a phone and on a desk, by day and by night. */
class InventoryBrowserTest {
    private static final Path PLACE = Path.of("target/browser/inventory");

    /** Every text with its colour and those behind it, the nearest first, as far as that is not see-through. */
    private static final String TEXTS = """
            const rgb = text => text.match(/[\\d.]+/g).map(Number);
            const linear = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
            const light = c => 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
            const behind = element => {
              for (let e = element; e; e = e.parentElement) {
                const c = rgb(getComputedStyle(e).backgroundColor);
                if (c.length === 3 || c[3] === 1) return c;
              }
              return [255, 255, 255];
            };
            const poor = [];
            let texts = 0;
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
              const text = walker.currentNode, element = text.parentElement;
              if (!text.data.trim() || element.closest('title, desc') || !element.getClientRects().length) continue;
              texts++;
              const style = getComputedStyle(element);
              const svg = element instanceof SVGElement;
              const ink = light(rgb(svg ? style.fill : style.color)), paper = light(behind(element));
              const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
              if (ratio < 4.5) poor.push(text.data.trim() + ' ' + ratio.toFixed(2));
            }
            return texts < 20 ? ['only ' + texts + ' texts'] : [...new Set(poor)];
            """;

    /** Names of secrets that cannot be seen whole. */
    private static final String HIDDEN = """
            return [...document.querySelectorAll('h2[id^=h]')].filter(e => {
              const box = e.getBoundingClientRect();
              return box.width === 0 || box.height === 0 || box.left < 0 || box.right > innerWidth + 0.5
                  || e.scrollWidth > e.clientWidth;
            }).map(e => e.textContent);
            """;

    private static final String NAMES = "return [...document.querySelectorAll('h2[id^=h]')].map(e => e.innerText)";

    /** Letters of a time line that lie on others or beyond its edges. */
    private static final String COLLIDING = """
            const found = [];
            for (const svg of document.querySelectorAll('svg.timeline')) {
              const edge = svg.getBoundingClientRect();
              const texts = [...svg.querySelectorAll('text')].filter(e => getComputedStyle(e).display !== 'none')
                  .map(e => [e.textContent, e.getBoundingClientRect()]);
              texts.forEach(([a, p], i) => {
                if (p.left < edge.left - 1 || p.right > edge.right + 1) found.push(a + ' is cut');
                texts.slice(i + 1).forEach(([b, q]) => {
                  const apart = p.right <= q.left || q.right <= p.left || p.bottom <= q.top + 2 || q.bottom <= p.top + 2;
                  if (!apart) found.push(a + ' on ' + b);
                });
              });
            }
            return found;
            """;

    /** Breaches of the rules of accessibility: which rule, and where. */
    private static final String BREACHES = """
            const tell = arguments[arguments.length - 1];
            axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']}).then(
                found => tell(found.violations.flatMap(
                    rule => rule.nodes.map(node => rule.id + ': ' + node.target.join(' ')))),
                failure => tell([String(failure)]));
            """;

    /** An image without words, a faint text, and a level of headings left out. */
    private static final String PLANT = """
            document.querySelector('main').insertAdjacentHTML('beforeend',
                '<svg id="p1" role="img" width="9" height="9"></svg>'
                + '<p id="p2" style="color: #777; background: #888">faint</p><h6 id="p3">deep</h6>');
            """;

    private static Chromium browser;

    @BeforeAll
    static void start() {
        browser = Chromium.start();
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"390, light", "390, dark", "1280, light", "1280, dark"})
    void page_onAScreen_isReadableWhole(int width, String scheme) throws IOException {
        Inventory inventory = Inventories.everything();
        open("everything", inventory, width, scheme);

        assertThat(browser.run("return document.documentElement.scrollWidth"))
                .isEqualTo(browser.run("return document.documentElement.clientWidth"));
        assertThat(browser.logged()).isEmpty();
        assertThat(browser.run(TEXTS)).isEqualTo(List.of());
        assertThat(browser.run(HIDDEN)).isEqualTo(List.of());
        assertThat(browser.run(NAMES))
                .isEqualTo(inventory.byUrgency().stream()
                        .map(entry -> entry.secret().value())
                        .collect(Collectors.toList()));
        assertThat(browser.run(COLLIDING)).isEqualTo(List.of());
        shoot("everything-" + width + "-" + scheme, width, scheme);
    }

    @ParameterizedTest
    @CsvSource({"390, light", "390, dark", "1280, light", "1280, dark"})
    void page_onAScreen_isAccessible(int width, String scheme) throws IOException {
        open("everything", Inventories.everything(), width, scheme);
        browser.run("document.querySelectorAll('details').forEach(e => e.open = true)");
        browser.run(axe());
        assertThat(browser.await(BREACHES)).isEqualTo(List.of());

        browser.run(PLANT);
        assertThat(browser.await(BREACHES))
                .isEqualTo(List.of("color-contrast: #p2", "heading-order: #p3", "svg-img-alt: #p1"));
    }

    @ParameterizedTest
    @CsvSource({"390, light", "1280, dark"})
    void page_withHostileTexts_runsNothingAndLoadsNothing(int width, String scheme) throws IOException {
        String text = "\"'><script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"
                + "</style></title></svg>\u202e\u001b[31m" + "w".repeat(300);
        open("hostile", Inventories.hostile(text), width, scheme);

        assertThat(browser.run("return document.title")).isEqualTo("Secrets, undeclared, 2030-04-01 09:30 UTC");
        assertThat(browser.run("return document.querySelectorAll('script, img, iframe, object, link').length"))
                .isEqualTo(0L);
        assertThat(browser.run("return performance.getEntriesByType('resource').length"))
                .isEqualTo(0L);
        assertThat(browser.logged()).isEmpty();
        assertThat(browser.run("return document.documentElement.scrollWidth"))
                .isEqualTo(browser.run("return document.documentElement.clientWidth"));
        shoot("hostile-" + width + "-" + scheme, width, scheme);
    }

    @ParameterizedTest
    @CsvSource({"390, dark", "1280, light"})
    void page_withoutSecrets_saysSo(int width, String scheme) throws IOException {
        open("none", Inventories.inventory(List.of()), width, scheme);

        assertThat(browser.run("return document.querySelector('main').innerText")
                        .toString())
                .contains("There are no secrets.");
        shoot("none-" + width + "-" + scheme, width, scheme);
    }

    /** The script of axe-core, which the page itself would not load. */
    private static String axe() throws IOException {
        try (InputStream in = InventoryBrowserTest.class.getResourceAsStream("/axe.min.js")) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private static void open(String name, Inventory inventory, int width, String scheme) throws IOException {
        Files.createDirectories(PLACE);
        Path page = PLACE.resolve(name + ".html").toAbsolutePath();
        Files.writeString(page, inventory.html());
        browser.open(page, width, scheme);
    }

    /** The picture, which is as wide as the screen, has the paper of the scheme, and more than paper. */
    private static void shoot(String name, int width, String scheme) throws IOException {
        byte[] png = browser.screenshot();
        Files.write(PLACE.resolve(name + ".png"), png);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
        assertThat(image.getWidth()).isEqualTo(width);
        int paper = image.getRGB(1, 1);
        assertThat((paper >> 8 & 0xff) > 128).as("light paper").isEqualTo(scheme.equals("light"));
        Set<Integer> colours = new HashSet<>();
        for (int y = 0; y < image.getHeight(); y += 2) {
            for (int x = 0; x < image.getWidth(); x += 2) {
                colours.add(image.getRGB(x, y));
            }
        }
        assertThat(colours).hasSizeGreaterThan(50);
    }
}
