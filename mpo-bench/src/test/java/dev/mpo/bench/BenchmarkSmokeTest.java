package dev.mpo.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Every benchmark runs: each method once, on small sizes. */
class BenchmarkSmokeTest {

    private static final List<Class<?>> BENCHMARKS = List.of(
            AdamWBenchmark.class,
            DecoderLayerBenchmark.class,
            ImageBenchmark.class,
            OperatorCallBenchmark.class,
            PassOverheadBenchmark.class,
            ScoringHeadBenchmark.class,
            TokenizerBenchmark.class,
            VisionLayerBenchmark.class);

    /** Sizes by the name of a parameter; parameters that name a variant are run with each of their values. */
    private static final Map<String, Object> SMALL = Map.of(
            "preset", "nano",
            "promptTokens", 12,
            "answerTokens", 5,
            "tiles", 1,
            "width", 300,
            "height", 200,
            "sentences", 2,
            "elements", 1);

    @TestFactory
    Stream<DynamicTest> everyBenchmarkRunsOnce() {
        return BENCHMARKS.stream().flatMap(BenchmarkSmokeTest::cases);
    }

    private static Stream<DynamicTest> cases(Class<?> type) {
        List<String> variants = Arrays.stream(type.getFields())
                .filter(field -> field.isAnnotationPresent(Param.class) && !SMALL.containsKey(field.getName()))
                .flatMap(field -> Arrays.stream(field.getAnnotation(Param.class).value()))
                .toList();
        return (variants.isEmpty() ? List.of("") : variants)
                .stream().map(variant -> dynamicTest(type.getSimpleName() + " " + variant, () -> run(type, variant)));
    }

    private static void run(Class<?> type, String variant) throws ReflectiveOperationException {
        Object benchmark = type.getConstructor().newInstance();
        for (Field field : type.getFields()) {
            if (field.isAnnotationPresent(Param.class)) {
                field.set(benchmark, SMALL.getOrDefault(field.getName(), variant));
            }
        }
        callAll(benchmark, Setup.class);
        try {
            assertThat(callAll(benchmark, Benchmark.class)).isNotEmpty();
        } finally {
            callAll(benchmark, TearDown.class);
        }
    }

    private static List<String> callAll(Object benchmark, Class<? extends Annotation> kind)
            throws ReflectiveOperationException {
        List<String> called = new ArrayList<>();
        for (Method method : benchmark.getClass().getMethods()) {
            if (method.isAnnotationPresent(kind)) {
                try {
                    method.invoke(benchmark);
                } catch (InvocationTargetException e) {
                    throw new AssertionError(method + " failed", e.getCause());
                }
                called.add(method.getName());
            }
        }
        return called;
    }

    @Test
    void theGeneratorSawEveryBenchmark() throws IOException {
        try (InputStream in = getClass().getResourceAsStream("/META-INF/BenchmarkList")) {
            Assumptions.assumeTrue(in != null, "compiled without annotation processing (profile fast)");
            String list = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(BENCHMARKS).allSatisfy(type -> assertThat(list).contains(type.getName()));
        }
    }
}
