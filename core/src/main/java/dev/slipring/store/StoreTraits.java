package dev.slipring.store;

/**
 * What the protocol must know of a store, as data.
 *
 * @param reports whether the store keeps the reports of replicas
 * @param mirrors whether the store shows the promoted value to plain readers in a place of its own, which
 *     {@link SecretStore#reconcile} brings in line with the record
 */
public record StoreTraits(boolean reports, boolean mirrors) {
    /** A store that keeps records and values and nothing else. */
    public static final StoreTraits PLAIN = new StoreTraits(false, false);
}
