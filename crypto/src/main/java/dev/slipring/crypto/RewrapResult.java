package dev.slipring.crypto;

import dev.slipring.crypto.EnvelopeException.Failure;

/** What became of one envelope among many. */
public sealed interface RewrapResult {
    /** The envelope is to be stored again. */
    final class Changed implements RewrapResult {
        private final byte[] bytes;

        Changed(byte[] bytes) {
            this.bytes = bytes;
        }

        /**
         * The envelope under the primary version.
         *
         * @return a new array, the caller's
         */
        public byte[] bytes() {
            return bytes;
        }

        @Override
        public String toString() {
            return "Changed[" + bytes.length + " bytes]";
        }
    }

    /** The envelope is as it should be: under the primary version already, or in reference mode, which never changes. */
    final class Unchanged implements RewrapResult {
        static final Unchanged INSTANCE = new Unchanged();

        private Unchanged() {}

        @Override
        public String toString() {
            return "Unchanged";
        }
    }

    /**
     * The envelope could not be rewrapped and stays as it is.
     *
     * @param failure the first check that failed
     * @param message says more, and holds nothing of the envelope's content
     */
    record Failed(Failure failure, String message) implements RewrapResult {}
}
