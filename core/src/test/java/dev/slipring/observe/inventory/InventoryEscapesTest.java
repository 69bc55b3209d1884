package dev.slipring.observe.inventory;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.json.JsonText;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.NodeList;

/** What others may have written into an inventory is shown, and nothing obeys it. */
class InventoryEscapesTest {
    private static final Set<String> HARMLESS =
            shapes(parsed(Inventories.hostile("plain").html()));

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> pieces = Arbitraries.of(
                "<script>alert(1)</script>",
                "\"><img src=x onerror=alert(1)>",
                "'",
                "&amp;",
                "]]>",
                "<!--",
                "-->",
                "</style>",
                "</title></svg>",
                "javascript:alert(1)",
                "\u001b[2J",
                "\u0000",
                "\r\n",
                "\u202e",
                "\u2028",
                "\ud800",
                "\udc00",
                "\uffff",
                "\ud83d\udd11",
                "{\"a\":",
                "\\");
        Arbitrary<String> any = Arbitraries.strings().all().ofMaxLength(20);
        return Arbitraries.oneOf(pieces, any).list().ofMinSize(1).ofMaxSize(5).map(parts -> String.join("", parts));
    }

    @Property(tries = 150)
    void page_withAnyText_isWellFormedAndHasNoElementOrAttributeMore(@ForAll("texts") String text) {
        Document page = parsed(Inventories.hostile(text).html());

        assertThat(shapes(page)).isEqualTo(HARMLESS);
        NodeList bdis = page.getElementsByTagName("bdi");
        List<String> shown = IntStream.range(0, bdis.getLength())
                .mapToObj(i -> bdis.item(i).getTextContent())
                .toList();
        assertThat(shown).contains(Printable.of(text), "in this rotation: " + Printable.of(text));
    }

    @Property(tries = 150)
    void text_withAnyText_holdsNothingThatATerminalObeys(@ForAll("texts") String text) {
        String form = Inventories.hostile(text).text();

        assertThat(form.codePoints().filter(c -> c != '\n'))
                .noneMatch(c -> Character.isISOControl(c)
                        || Character.getType(c) == Character.SURROGATE
                        || (c >= 0x202A && c <= 0x202E)
                        || (c >= 0x2066 && c <= 0x2069));
        assertThat(form.lines())
                .hasSameSizeAs(Inventories.hostile("plain").text().lines().toList());
    }

    @Property(tries = 150)
    void json_withAnyText_saysTheText(@ForAll("texts") String text) {
        Map<String, Object> tree =
                JsonText.parse(Inventories.hostile(text).json().getBytes(UTF_8));

        Map<?, ?> secret = (Map<?, ?>) ((List<?>) tree.get("secrets")).get(0);
        String whole = new String(text.getBytes(UTF_16BE), UTF_16BE);
        assertThat(secret.get("issuer")).isEqualTo(whole);
        assertThat(tree.get("store")).isEqualTo(whole);
    }

    @Test
    void page_ofEverything_isWellFormed_withEachIdOnceAndEveryReferenceFound() {
        Document page = parsed(Inventories.everything().html());
        List<String> ids = new ArrayList<>();
        List<String> wanted = new ArrayList<>();
        NodeList all = page.getElementsByTagName("*");
        for (int i = 0; i < all.getLength(); i++) {
            Element element = (Element) all.item(i);
            if (element.hasAttribute("id")) {
                ids.add(element.getAttribute("id"));
            }
            if (element.hasAttribute("aria-labelledby")) {
                wanted.addAll(List.of(element.getAttribute("aria-labelledby").split(" ")));
            }
            if (element.getAttribute("href").startsWith("#")) {
                wanted.add(element.getAttribute("href").substring(1));
            }
        }
        assertThat(ids).doesNotHaveDuplicates().containsAll(wanted);
        assertThat(wanted).hasSizeGreaterThan(30);
    }

    @Test
    void page_ofNoneAndOfMany_isWellFormed() {
        parsed(Inventories.inventory(List.of()).html());
        Document many = parsed(Inventories.many(200).html());
        assertThat(many.getElementsByTagName("article").getLength()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "Zoë's team", "کتاب\u200cخانه", "👩\u200d💻 & co", "a\\b"})
    void printable_ofWhatCanBeShown_isTheSame(String text) {
        assertThat(Printable.of(text)).isEqualTo(text);
    }

    @Test
    void printable_ofWhatCannot_isItsNumber() {
        assertThat(Printable.of("a\u001b[31m\u202eb\ud800")).isEqualTo("a\\u{1b}[31m\\u{202e}b\\u{d800}");
    }

    private static Document parsed(String page) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            return factory.newDocumentBuilder().parse(new ByteArrayInputStream(page.getBytes(UTF_8)));
        } catch (Exception e) {
            throw new AssertionError("the page is not well-formed: " + e.getMessage(), e);
        }
    }

    /** Each element with the names of its attributes. */
    private static Set<String> shapes(Document page) {
        Set<String> shapes = new HashSet<>();
        NodeList all = page.getElementsByTagName("*");
        for (int i = 0; i < all.getLength(); i++) {
            StringBuilder shape = new StringBuilder(all.item(i).getNodeName());
            NamedNodeMap attributes = all.item(i).getAttributes();
            for (int j = 0; j < attributes.getLength(); j++) {
                shape.append(' ').append(attributes.item(j).getNodeName());
            }
            shapes.add(shape.toString());
        }
        return shapes;
    }
}
