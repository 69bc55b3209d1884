package dev.slipring.examples;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.regex.Pattern;

/** Directions between packages and rules for names, over the main classes of all modules. */
@AnalyzeClasses(
        packages = "dev.slipring",
        importOptions = {DoNotIncludeTests.class, ArchitectureTest.WithoutTestJars.class})
final class ArchitectureTest {
    /** Doubles and contracts that other modules' tests use come in a jar. */
    static final class WithoutTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    private static final String FACADE = "dev.slipring";
    private static final String KEYRING = "dev.slipring.keyring..";
    private static final String JSON = "dev.slipring.json..";
    private static final String STORE = "dev.slipring.store..";
    private static final String ROTATION = "dev.slipring.rotation..";
    private static final String OBSERVE = "dev.slipring.observe..";
    private static final String GUARD = "dev.slipring.guard..";
    private static final String HTTP = "dev.slipring.http..";
    private static final String API_KEY = "dev.slipring.apikey..";
    private static final String VAULT = "dev.slipring.vault..";
    private static final String AWS = "dev.slipring.aws..";
    private static final String TESTING = "dev.slipring.testing..";
    private static final String SESSION = "dev.slipring.session..";
    private static final String CRYPTO = "dev.slipring.crypto..";
    private static final String JDBC = "dev.slipring.jdbc..";
    private static final String EXAMPLES = "dev.slipring.examples..";

    /** Base64 is the one Base that is a word of the field. */
    private static final Pattern SHUNNED_WORD = Pattern.compile(
            "(Abstract|Default)[A-Z].*|.*(Manager|Helper|Util|Utils|Impl|Info|Base(?!64)|Common)(?![a-z]).*");

    @ArchTest
    static void import_ofAllModules_seesEachOfThem(JavaClasses imported) {
        assertThat(new String[] {KEYRING, SESSION, CRYPTO, JDBC})
                .allSatisfy(packages ->
                        assertThat(imported.that(resideInAnyPackage(packages))).isNotEmpty());
    }

    @ArchTest
    static final ArchRule keyring_knowsNobody = packages(KEYRING).allowEmptyShould(true);

    @ArchTest
    static final ArchRule store_knowsKeyringAndJsonOnly =
            packages(STORE, JSON, KEYRING).allowEmptyShould(true);

    @ArchTest
    static final ArchRule rotation_knowsStoreAndKeyringOnly =
            packages(ROTATION, STORE, KEYRING).allowEmptyShould(true);

    @ArchTest
    static final ArchRule observe_knowsTheEngineAndJsonOnly =
            packages(OBSERVE, JSON, ROTATION, STORE, KEYRING).allowEmptyShould(true);

    @ArchTest
    static final ArchRule guard_knowsTheEngineOnly = packages(GUARD, ROTATION, STORE, KEYRING);

    @ArchTest
    static final ArchRule json_knowsNobody = packages(JSON);

    @ArchTest
    static final ArchRule http_knowsKeyringOnly = packages(HTTP, KEYRING);

    @ArchTest
    static final ArchRule apikey_knowsTheEngineAndHttpOnly = packages(API_KEY, HTTP, ROTATION, STORE, KEYRING);

    @ArchTest
    static final ArchRule vault_knowsTheEngineAndHttpOnly = packages(VAULT, HTTP, ROTATION, STORE, KEYRING);

    @ArchTest
    static final ArchRule aws_knowsTheEngineOnly =
            packages(AWS, ROTATION, STORE, KEYRING).allowEmptyShould(true);

    @ArchTest
    static final ArchRule facade_knowsAllOfCoreButVaultAwsAndTesting =
            packages(FACADE, KEYRING, STORE, ROTATION, OBSERVE, GUARD, API_KEY).allowEmptyShould(true);

    @ArchTest
    static final ArchRule testing_isKnownByNobody = noClasses()
            .that(resideOutsideOfPackages(TESTING, EXAMPLES))
            .should()
            .dependOnClassesThat(resideInAnyPackage(TESTING));

    @ArchTest
    static final ArchRule session_knowsNoSibling = siblings(SESSION, CRYPTO, JDBC);

    @ArchTest
    static final ArchRule crypto_knowsNoSibling = siblings(CRYPTO, SESSION, JDBC);

    @ArchTest
    static final ArchRule jdbc_knowsNoSibling = siblings(JDBC, SESSION, CRYPTO);

    @ArchTest
    static final ArchRule core_knowsNoOtherModule = noClasses()
            .that(resideOutsideOfPackages(SESSION, CRYPTO, JDBC, EXAMPLES))
            .should()
            .dependOnClassesThat(resideInAnyPackage(SESSION, CRYPTO, JDBC, EXAMPLES));

    @ArchTest
    static final ArchRule examples_areUsedByNobody = noClasses()
            .that(resideOutsideOfPackages(EXAMPLES))
            .should()
            .dependOnClassesThat(resideInAnyPackage(EXAMPLES));

    @ArchTest
    static final ArchRule sql_isTouchedByJdbcOnly = library(JDBC, "java.sql..", "javax.sql..");

    @ArchTest
    static final ArchRule bouncyCastle_isTouchedByCryptoOnly = library(CRYPTO, "org.bouncycastle..");

    @ArchTest
    static final ArchRule awsSdk_isTouchedByItsPackageOnly = library(AWS, "software.amazon.awssdk..");

    @ArchTest
    static final ArchRule hikari_isTouchedByItsPackageOnly =
            library("dev.slipring.jdbc.hikari..", "com.zaxxer.hikari..");

    @ArchTest
    static final ArchRule agroal_isTouchedByItsPackageOnly = library("dev.slipring.jdbc.agroal..", "io.agroal..");

    @ArchTest
    static final ArchRule dbcp_isTouchedByItsPackageOnly =
            library("dev.slipring.jdbc.dbcp2..", "org.apache.commons.dbcp2..", "org.apache.commons.pool2..");

    @ArchTest
    static final ArchRule tomcat_isTouchedByItsPackageOnly =
            library("dev.slipring.jdbc.tomcat..", "org.apache.tomcat..");

    @ArchTest
    static final ArchRule servlets_areTouchedByTheirPackageOnly =
            library("dev.slipring.session.servlet..", "jakarta.servlet..");

    @ArchTest
    static final ArchRule persistence_isTouchedByItsPackageOnly =
            library("dev.slipring.crypto.jpa..", "jakarta.persistence..");

    @ArchTest
    static final ArchRule micrometer_isTouchedByItsPackageOnly =
            library("dev.slipring.observe.micrometer..", "io.micrometer..");

    @ArchTest
    static final ArchRule springBoot_isTouchedByItsPackageOnly =
            library("dev.slipring.observe.actuator..", "org.springframework..");

    @ArchTest
    static final ArchRule microProfile_isTouchedByItsPackageOnly =
            library("dev.slipring.observe.microprofile..", "org.eclipse.microprofile..");

    @ArchTest
    static final ArchRule packages_dependOnEachOther_withoutCycles =
            slices().assignedFrom(eachPackage()).should().beFreeOfCycles();

    @ArchTest
    static final ArchRule typeNames_avoidShunnedWords = noClasses().should(be(namedWithShunnedWord()));

    @ArchTest
    static final ArchRule packageNames_avoidShunnedWords =
            noClasses().should().resideInAnyPackage("..internal..", "..impl..", "..util..");

    /** Classes in {@code subject} depend on no package of ours but itself and {@code known}. */
    private static ArchRule packages(String subject, String... known) {
        DescribedPredicate<JavaClass> strangers = resideInAnyPackage("dev.slipring..")
                .and(resideOutsideOfPackages(known))
                .and(resideOutsideOfPackages(subject));
        return noClasses().that(resideInAnyPackage(subject)).should().dependOnClassesThat(strangers);
    }

    private static ArchRule siblings(String subject, String... siblings) {
        return noClasses().that(resideInAnyPackage(subject)).should().dependOnClassesThat(resideInAnyPackage(siblings));
    }

    /** Examples may use everything. */
    private static ArchRule library(String owner, String... library) {
        return noClasses()
                .that(resideOutsideOfPackages(owner, EXAMPLES))
                .should()
                .dependOnClassesThat(resideInAnyPackage(library));
    }

    private static DescribedPredicate<JavaClass> namedWithShunnedWord() {
        return describe(
                "named with a shunned word",
                type -> SHUNNED_WORD.matcher(type.getSimpleName()).matches());
    }

    private static SliceAssignment eachPackage() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return SliceIdentifier.of(type.getPackageName());
            }

            @Override
            public String getDescription() {
                return "packages";
            }
        };
    }
}
