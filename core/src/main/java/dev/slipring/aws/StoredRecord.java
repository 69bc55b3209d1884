package dev.slipring.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.keyring.SecretName;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretRecordFormat;
import dev.slipring.store.UnusableRecordException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A record as a version holds it: {@code {"write":"...","record":{...}}}, and compressed where that is longer than a
 * version takes. The number of the write, drawn anew for each, keeps two writers of equal records apart, of whom the
 * service would take the second for a repetition of the first. Stateless.
 */
final class StoredRecord {
    private static final Pattern FORM =
            Pattern.compile("\\{\"write\":\"[0-9a-f-]{36}\",\"record\":(.*)\\}", Pattern.DOTALL);

    /** More than any record has that compresses to what a version takes; what expands to more is none. */
    private static final int MOST = 8 * 1024 * 1024;

    private StoredRecord() {}

    /**
     * What is stored for {@code record}.
     *
     * @throws UnusableRecordException if it is longer than a version takes
     */
    static Content print(SecretRecord record, String place) {
        byte[] text = ("{\"write\":\"" + UUID.randomUUID() + "\",\"record\":" + SecretRecordFormat.print(record) + "}")
                .getBytes(UTF_8);
        if (text.length <= Content.LONGEST) {
            return Content.text(text);
        }
        byte[] compressed = compressed(text);
        if (compressed.length > Content.LONGEST) {
            throw new UnusableRecordException(
                    "record " + place + " has " + text.length + " bytes, and " + compressed.length
                            + " compressed, over the limit of " + Content.LONGEST + ": nothing was written",
                    null);
        }
        return Content.binary(compressed);
    }

    /**
     * The record that {@code content} holds.
     *
     * @throws UnusableRecordException if it is none; the message does not quote it
     */
    static SecretRecord parse(SecretName secret, Content content, String place) {
        try {
            byte[] text = content.isText() ? content.bytes() : expanded(content.bytes());
            Matcher form = FORM.matcher(new String(text, UTF_8));
            if (form.matches()) {
                return SecretRecordFormat.parse(secret, form.group(1), place);
            }
        } catch (IOException e) {
            throw new UnusableRecordException("record " + place + " is damaged: " + e.getMessage(), null);
        }
        throw new UnusableRecordException("record " + place + " is not one that was written by a store", null);
    }

    private static byte[] compressed(byte[] text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text);
        } catch (IOException e) {
            throw new IllegalStateException("memory cannot fail to be written", e);
        }
        return out.toByteArray();
    }

    private static byte[] expanded(byte[] compressed) throws IOException {
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
            byte[] text = gzip.readNBytes(MOST);
            if (gzip.read() >= 0) {
                throw new IOException("it expands to more than " + MOST + " bytes");
            }
            return text;
        }
    }
}
