package dev.slipring.bench;

/** A way to encrypt whole messages, for benchmarks that load one contender in each process. */
interface Messages {
    byte[] encrypt(byte[] plaintext) throws Exception;

    byte[] decrypt(byte[] message) throws Exception;
}
