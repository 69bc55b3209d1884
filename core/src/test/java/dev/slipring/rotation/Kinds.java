package dev.slipring.rotation;

import java.time.Duration;
import java.util.List;

/** The policies and issuers that the tests of this package rotate with: one for each way a secret can be used. */
final class Kinds {
    /** A cookie key: T above zero, nobody stands behind the value. */
    static final RotationPolicy COOKIE = RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12));

    /** A key encryption key: retires on census, which the life of cached data keys puts off beyond the overlap. */
    static final RotationPolicy KEK = RotationPolicy.builder(SecretKind.SELF, Duration.ofDays(180))
            .retirement(Retirement.ON_CENSUS)
            .cachedKeyLife(Duration.ofDays(2))
            .build();

    /** A database login. */
    static final RotationPolicy LOGIN = RotationPolicy.logins(Duration.ofDays(30));

    /** A webhook secret, whose sender knows one value at a time. */
    static final RotationPolicy WEBHOOK =
            RotationPolicy.builder(SecretKind.INBOUND, Duration.ofDays(90)).build();

    static final IssuerTraits RANDOM = IssuerTraits.NONE;

    /** Two alternating logins, which can be tried and whose sessions can be counted. */
    static final IssuerTraits TWO_LOGINS =
            new IssuerTraits(Install.BEFORE_PUBLISH, List.of("a", "b"), true, true, Duration.ofMinutes(2));

    /** API keys: any number at a time. */
    static final IssuerTraits API = new IssuerTraits(Install.BEFORE_PUBLISH, List.of(), true, false, Duration.ZERO);

    /** One value at a time, so that installing is the switch. */
    static final IssuerTraits SENDER =
            new IssuerTraits(Install.AFTER_PUBLISH_DELAY, List.of(), true, false, Duration.ZERO);

    private Kinds() {}
}
