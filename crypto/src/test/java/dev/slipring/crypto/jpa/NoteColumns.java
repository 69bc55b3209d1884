package dev.slipring.crypto.jpa;

import dev.slipring.crypto.Context;
import dev.slipring.crypto.EnvelopeEncryptor;
import jakarta.persistence.AttributeConverter;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.hibernate.annotations.Immutable;
import org.hibernate.resource.beans.container.spi.BeanContainer;
import org.hibernate.resource.beans.container.spi.ContainedBean;
import org.hibernate.resource.beans.spi.BeanInstanceProducer;

/** The converters of the columns of {@link Note}, all with one encryptor, as a container of beans gives them. */
final class NoteColumns implements BeanContainer {
    private final List<AttributeConverter<?, ?>> beans;
    private final AtomicInteger uses = new AtomicInteger();

    NoteColumns(Supplier<EnvelopeEncryptor> encryptor) {
        Supplier<EnvelopeEncryptor> counting = () -> {
            uses.incrementAndGet();
            return encryptor.get();
        };
        beans = List.of(new Title(counting), new Body(counting), new Scan(counting), new Stamp(counting));
    }

    /** How often something was encrypted or opened. */
    int uses() {
        return uses.get();
    }

    static final class Title extends EncryptedTextConverter {
        Title(Supplier<EnvelopeEncryptor> encryptor) {
            super(encryptor, column("title"));
        }
    }

    static final class Body extends EncryptedTextToBytesConverter {
        Body(Supplier<EnvelopeEncryptor> encryptor) {
            super(encryptor, column("body"));
        }
    }

    static final class Scan extends EncryptedBytesConverter {
        Scan(Supplier<EnvelopeEncryptor> encryptor) {
            super(encryptor, column("scan"));
        }
    }

    /** Its arrays are never written to. */
    @Immutable
    static final class Stamp extends EncryptedBytesConverter {
        Stamp(Supplier<EnvelopeEncryptor> encryptor) {
            super(encryptor, column("stamp"));
        }
    }

    static Context column(String name) {
        return Context.of("table", "notes", "column", name);
    }

    @Override
    public <B> ContainedBean<B> getBean(Class<B> type, LifecycleOptions options, BeanInstanceProducer fallback) {
        return contained(
                type,
                beans.stream()
                        .filter(type::isInstance)
                        .map(type::cast)
                        .findFirst()
                        .orElseGet(() -> fallback.produceBeanInstance(type)));
    }

    @Override
    public <B> ContainedBean<B> getBean(
            String name, Class<B> type, LifecycleOptions options, BeanInstanceProducer fallback) {
        return contained(type, fallback.produceBeanInstance(name, type));
    }

    @Override
    public void stop() {}

    private static <B> ContainedBean<B> contained(Class<B> type, B bean) {
        return new ContainedBean<>() {
            @Override
            public B getBeanInstance() {
                return bean;
            }

            @Override
            public Class<B> getBeanClass() {
                return type;
            }
        };
    }
}
