package dev.slipring.jdbc.rewrap;

/**
 * How far a pass over a table has come, over all its runs.
 *
 * @param total how many cells there were when the pass began
 * @param seen how many cells it has looked at
 * @param changed how many got other content
 * @param unchanged how many were under the primary version already
 * @param refused how many were set aside
 * @param overtaken how many the application changed or removed in between, so they were left as they are
 * @param finished whether the pass has come to the end of the table
 */
public record RewrapProgress(
        long total, long seen, long changed, long unchanged, long refused, long overtaken, boolean finished) {
    static RewrapProgress begin(long total) {
        return new RewrapProgress(total, 0, 0, 0, 0, 0, false);
    }

    RewrapProgress plus(long moreChanged, long moreUnchanged, long moreRefused, long moreOvertaken) {
        return new RewrapProgress(
                total,
                seen + moreChanged + moreUnchanged + moreRefused + moreOvertaken,
                changed + moreChanged,
                unchanged + moreUnchanged,
                refused + moreRefused,
                overtaken + moreOvertaken,
                finished);
    }

    RewrapProgress atTheEnd() {
        return new RewrapProgress(total, seen, changed, unchanged, refused, overtaken, true);
    }
}
