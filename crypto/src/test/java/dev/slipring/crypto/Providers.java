package dev.slipring.crypto;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * The cryptography that the tests of vectors run on. One execution of the tests has what the JDK and Bouncy Castle
 * bring; in the other one Bouncy Castle's FIPS module takes the place of both.
 */
final class Providers {
    private static final boolean FIPS =
            System.getProperty("slipring.providers", "").equals("bc-fips");
    private static final List<Choice> ALL = FIPS ? fips() : ordinary();

    private Providers() {}

    /** One choice, shown by its name. */
    record Choice(String name, CryptoProviders slots) {
        /** Whether its vectors are sealed as well, which takes given IVs. */
        boolean sealsVectors() {
            return !slots.fips();
        }

        /** Whether suite 03 is to be had. */
        boolean hasGcmSiv() {
            return !FIPS && !slots.fips() && !name.equals("SunJCE");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Every choice of this execution. */
    static List<Choice> all() {
        return ALL;
    }

    /** Every choice with every suite that it reads. */
    static Stream<Arguments> suites() {
        return ALL.stream()
                .flatMap(choice -> Stream.of(Suite.values())
                        .filter(suite -> suite != Suite.AES_256_GCM_SIV || choice.hasGcmSiv())
                        .map(suite -> Arguments.of(choice, suite)));
    }

    /** Whether the FIPS module is there, and Bouncy Castle's ordinary provider is not. */
    static boolean fipsModule() {
        return FIPS;
    }

    /** The module that the FIPS profile is tested with: a real one, or one that is stricter. */
    static Provider module() {
        return FIPS ? made("org.bouncycastle.jcajce.provider.BouncyCastleFipsProvider") : new StrictModule();
    }

    static Provider sunJce() {
        return Security.getProvider("SunJCE");
    }

    static Provider bouncyCastle() {
        return made("org.bouncycastle.jce.provider.BouncyCastleProvider");
    }

    static CryptoProviders everything(Provider provider, SecureRandom random) {
        return CryptoProviders.builder()
                .aead(provider)
                .mac(provider)
                .keyWrap(provider)
                .random(random)
                .build();
    }

    private static List<Choice> ordinary() {
        Provider bouncyCastle = bouncyCastle();
        return List.of(
                new Choice("platform", CryptoProviders.platform()),
                new Choice("SunJCE", everything(sunJce(), new SecureRandom())),
                new Choice("Bouncy Castle", everything(bouncyCastle, new SecureRandom())),
                new Choice(
                        "Bouncy Castle for AEAD",
                        CryptoProviders.builder().aead(bouncyCastle).build()),
                new Choice(
                        "Bouncy Castle for MAC",
                        CryptoProviders.builder().mac(bouncyCastle).build()),
                new Choice(
                        "Bouncy Castle for key wrap",
                        CryptoProviders.builder().keyWrap(bouncyCastle).build()),
                new Choice("FIPS profile of a strict module", CryptoProviders.fips(new StrictModule())));
    }

    private static List<Choice> fips() {
        Provider module = module();
        try {
            SecureRandom random = SecureRandom.getInstance("DEFAULT", module);
            return List.of(
                    new Choice("FIPS module in every slot", everything(module, random)),
                    new Choice("FIPS profile of the module", CryptoProviders.fips(module)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** By name, since no execution has both on its class path. */
    private static Provider made(String type) {
        try {
            return (Provider) Class.forName(type).getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
