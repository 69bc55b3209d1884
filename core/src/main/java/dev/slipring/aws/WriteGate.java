package dev.slipring.aws;

import dev.slipring.store.WriteWindow;
import software.amazon.awssdk.core.SdkServiceClientConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Keeps one write from being sent, the first time or again, once its window is closed. The SDK asks it after
 * credentials were found and waited for, right before each transmission. For one call, in one thread.
 */
final class WriteGate implements ExecutionInterceptor {
    static final String OVER = "its time is over";

    private final WriteWindow window;
    private int sent;
    private boolean closed;

    WriteGate(WriteWindow window) {
        this.window = window;
    }

    /** Puts this into the configuration of one request. */
    void configure(SdkServiceClientConfiguration.Builder client) {
        client.overrideConfiguration(options -> options.addExecutionInterceptor(this));
    }

    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
        if (!window.isOpen()) {
            closed = true;
            throw SdkClientException.create(OVER); // which the SDK does not repeat
        }
        sent++;
    }

    /** Whether the write was given up before it was ever sent. */
    boolean keptItBack() {
        return closed && sent == 0;
    }
}
