package dev.slipring.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.slipring.contract.DataKeyStoreContract;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class InMemoryDataKeyStoreTest extends DataKeyStoreContract {
    private final InMemoryDataKeyStore store = InMemoryDataKeyStore.create();

    @Override
    protected DataKeyStore open() {
        return store;
    }

    @Test
    void create_twice_sharesNothing() {
        store.putIfAbsent(commitment(1), bytes(1));
        assertThat(InMemoryDataKeyStore.create().find(commitment(1))).isEmpty();
    }

    @Test
    void toString_ofStoreAndEntry_showsNoRecord() {
        store.putIfAbsent(commitment(1), bytes(0x1234_5678));
        assertThat(store).hasToString("InMemoryDataKeyStore[1 data keys]");
        assertThat(store.scan(null, 1).get(0)).hasToString("StoredDataKey[" + "00".repeat(31) + "01, 8 bytes]");
    }

    @Test
    void commitment_ofAnotherLength_isRefused() {
        for (int length : new int[] {0, 31, 33}) {
            assertThatIllegalArgumentException().isThrownBy(() -> Commitment.copyOf(new byte[length]));
        }
        byte[] high = new byte[Commitment.LENGTH];
        Arrays.fill(high, (byte) 0x80);
        byte[] given = high.clone();
        Commitment commitment = Commitment.copyOf(given);
        given[0] = 0;
        commitment.bytes()[0] = 0;
        assertThat(commitment).isEqualTo(Commitment.copyOf(high)).isGreaterThan(commitment(Integer.MAX_VALUE));
    }
}
