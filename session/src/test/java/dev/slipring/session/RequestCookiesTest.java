package dev.slipring.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RequestCookiesTest {

    @Test
    void header_ofSeveralPairs_keepsNamesValuesAndOrder() {
        RequestCookies cookies = RequestCookies.parse("sid=one; theme=dark;sid=two ;\tsid = three");
        assertThat(cookies.values("sid")).containsExactly("one", "two", "three");
        assertThat(cookies.values("theme")).containsExactly("dark");
        assertThat(cookies.values("SID")).isEmpty();
    }

    @Test
    void headers_moreThanOne_areReadInOrder() {
        RequestCookies cookies = RequestCookies.parse(List.of("sid=a", "", "x=1; sid=b"));
        assertThat(cookies.values("sid")).containsExactly("a", "b");
    }

    @Test
    void value_withEqualsQuotesOrNothing_isKeptAsItCame() {
        RequestCookies cookies = RequestCookies.parse("a=b=c==; q=\"x\"; empty=; comma=1,2");
        assertThat(cookies.values("a")).containsExactly("b=c==");
        assertThat(cookies.values("q")).containsExactly("\"x\"");
        assertThat(cookies.values("empty")).containsExactly("");
        assertThat(cookies.values("comma")).containsExactly("1,2");
    }

    @Test
    void piece_withoutEquals_isLeftOut() {
        RequestCookies cookies = RequestCookies.parse("; ;novalue; =nameless; sid=x");
        assertThat(cookies.values("sid")).containsExactly("x");
        assertThat(cookies.values("novalue")).isEmpty();
        assertThat(cookies.values("")).containsExactly("nameless");
    }

    @Test
    void stringForm_showsNamesOnly() {
        assertThat(RequestCookies.parse("sid=material; theme=dark").toString())
                .contains("sid", "theme")
                .doesNotContain("material", "dark");
    }

    @Property
    void anything_isTakenApart(@ForAll String header, @ForAll String name) {
        for (String value : RequestCookies.parse(header).values(name)) {
            assertThat(header).contains(value);
            assertThat(value).doesNotContain(";");
        }
    }
}
