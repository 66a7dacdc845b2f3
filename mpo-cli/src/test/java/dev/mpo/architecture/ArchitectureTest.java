package dev.mpo.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.mpo.core.MpoException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The rules that keep the modules apart. They run here because the command line is the one module that sees all others.
 */
class ArchitectureTest {

    private static final String PRODUCT = "dev.mpo..";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.mpo");

    /** The least number of classes per module, so that a rule cannot pass because nothing was imported. */
    private static final Map<String, Integer> LEAST_CLASSES =
            Map.of("core", 100, "data", 80, "train", 60, "eval", 60, "tools", 50, "cli", 25);

    @Test
    void everyModuleWasImported() {
        LEAST_CLASSES.forEach((module, least) -> assertThat(CLASSES.stream()
                        .filter(resideInAPackage("dev.mpo." + module + ".."))
                        .count())
                .as("classes of module " + module)
                .isGreaterThanOrEqualTo(least));
    }

    @ParameterizedTest
    @CsvSource({
        "core, 'data,train,eval,tools,cli,bench'",
        "data, 'train,eval,tools,cli,bench'",
        "train, 'eval,tools,cli,bench'",
        "eval, 'tools,cli,bench'",
        "tools, 'cli,bench'",
    })
    void noModuleUsesAModuleToItsRight(String module, String forbidden) {
        String[] packages = List.of(forbidden.split(",", -1)).stream()
                .map(name -> "dev.mpo." + name + "..")
                .toArray(String[]::new);

        noClasses()
                .that()
                .resideInAPackage("dev.mpo." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages)
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.mpo.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void onlyTheTensorPackageTouchesTheInternalsOfTheTensorLibrary() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.mpo.core.tensor..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.djl.pytorch..", "ai.djl.ndarray..")
                .because("its arrays abort the process on bfloat16 and leak unless a scope owns them")
                .check(CLASSES);
    }

    @Test
    void onlyTensorsAndCollectivesCallNativeLibraries() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.mpo.core.tensor..", "dev.mpo.train.ranks..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.sun.jna..")
                .because("the rest of the trainer must not know MPI and NCCL")
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLineWritesToStandardStreams() {
        noClasses()
                .that()
                .resideInAPackage(PRODUCT)
                .and()
                .resideOutsideOfPackages("dev.mpo.cli..")
                .should(ACCESS_STANDARD_STREAMS)
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLineKnowsHowLogsAndOptionsAreDone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.mpo.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ch.qos.logback..", "picocli..", "java.util.logging..")
                .check(CLASSES);
    }

    @Test
    void productCodeDoesNotUseTestFixtures() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.mpo.testkit..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.mpo.testkit..", "org.junit..", "org.assertj.."))
                .check(CLASSES);
    }

    @Test
    void everyPackageIsNullMarked() {
        List<JavaPackage> packages = CLASSES.getPackage("dev.mpo").getSubpackagesInTree().stream()
                .filter(each -> !each.getClasses().isEmpty())
                .toList();

        assertThat(packages).hasSizeGreaterThanOrEqualTo(LEAST_CLASSES.size());
        assertThat(packages)
                .allSatisfy(each -> assertThat(each.isAnnotatedWith(NullMarked.class))
                        .as(each.getName() + " has a package-info.java with @NullMarked")
                        .isTrue());
    }

    @Test
    void failuresForUsersAreDefinedInOnePlace() {
        classes()
                .that()
                .areAssignableTo(MpoException.class)
                .should()
                .resideInAPackage("dev.mpo.core")
                .because("each kind of failure has an exit code")
                .check(CLASSES);
    }

    @Test
    void classesAreFinalUnlessMadeToBeExtended() {
        classes()
                .that()
                .resideInAPackage(PRODUCT)
                .and(madeForUse())
                .should()
                .haveModifier(JavaModifier.FINAL)
                .check(CLASSES);
    }

    @Test
    void thereIsNoStaticState() {
        fields().that().areStatic().should().beFinal().check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> madeForUse() {
        return DescribedPredicate.describe(
                "are neither abstract nor extended inside the product",
                type -> !type.isInterface()
                        && !type.isEnum()
                        && !type.isAnonymousClass()
                        && !type.getSimpleName().equals("package-info")
                        && !type.getModifiers().contains(JavaModifier.ABSTRACT)
                        && !type.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && type.getSubclasses().isEmpty());
    }
}
