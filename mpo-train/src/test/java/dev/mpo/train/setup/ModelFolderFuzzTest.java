package dev.mpo.train.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.testkit.JsonMutations;
import dev.mpo.testkit.Mutations;
import dev.mpo.testkit.SharedFiles;
import dev.mpo.testkit.UserWords;
import dev.mpo.train.NanoModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged model folders: each is opened, or refused in words that a user understands, in a moment.
 * {@code -Dmpo.fuzz.inputs=N} tries N of each kind.
 */
class ModelFolderFuzzTest {

    private static final int EVERYDAY_INPUTS = 250;
    private static final int MAX_SECONDS = 10;

    @TempDir
    Path dir;

    private final SplittableRandom random = new SplittableRandom(17);
    private int opened;
    private int refused;

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void aDamagedFolderOfTheDemoIsOpenedOrRefused() throws IOException {
        tryDamaged(NanoModel.write(dir.resolve("nano"), 1).folder());
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void aDamagedFolderOfShardsAndSentencePieceIsOpenedOrRefused() throws IOException {
        tryDamaged(SharedFiles.require("goldens/checkpoints/tiny-internlm2"));
    }

    private void tryDamaged(Path source) throws IOException {
        Path folder = Files.createDirectory(dir.resolve("model"));
        Map<String, byte[]> sound = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = String.valueOf(file.getFileName());
                sound.put(name, Files.readAllBytes(file));
                Files.write(folder.resolve(name), sound.get(name));
            }
        }
        List<String> names = sound.keySet().stream()
                .filter(name -> !name.startsWith("generation") && !name.startsWith("preprocessor"))
                .toList();
        for (int i = 0; i < Mutations.rounds(EVERYDAY_INPUTS); i++) {
            String name = names.get(random.nextInt(names.size()));
            Path file = folder.resolve(name);
            byte[] bytes = damaged(name, sound.get(name));
            if (random.nextInt(20) == 0) {
                Files.delete(file);
            } else {
                Files.write(file, bytes);
            }
            open(folder, "input " + i + ", " + name + ": " + shown(bytes));
            Files.write(file, sound.get(name));
        }
        assertThat(opened).isPositive();
        assertThat(refused).isGreaterThan(opened / 4);
    }

    private byte[] damaged(String name, byte[] bytes) {
        if (name.endsWith(".json") && random.nextInt(4) > 0) {
            return JsonMutations.damage(bytes, random);
        }
        if (!name.endsWith(".safetensors")) {
            return Mutations.damage(bytes, random);
        }
        // The header, with its length kept right more often than not: what follows are numbers, all of which are valid.
        int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        byte[] json = Arrays.copyOfRange(bytes, 8, 8 + length);
        byte[] changed = random.nextBoolean() ? JsonMutations.damage(json, random) : Mutations.damage(json, random);
        ByteBuffer all =
                ByteBuffer.allocate(bytes.length - length + changed.length).order(ByteOrder.LITTLE_ENDIAN);
        all.putLong(random.nextInt(4) == 0 ? random.nextLong() : changed.length);
        all.put(changed).put(bytes, 8 + length, bytes.length - 8 - length);
        return all.array();
    }

    private void open(Path folder, String input) {
        long start = System.nanoTime();
        try (ModelFolder model = ModelFolder.open(folder, null)) {
            int[] ids = model.tokenizer().encode("what <img> red\n\u4e2d");
            assertThat(model.tokenizer().decode(ids)).isNotNull();
            assertThat(Arrays.stream(ids).max().orElse(0))
                    .as(input)
                    .isLessThan(model.config().language().vocabSize());
            if (random.nextInt(10) == 0) {
                try (VisionLanguageModel loaded = model.load(ModelOptions.trained())) {
                    assertThat(loaded.config()).isEqualTo(model.config());
                }
            }
            opened++;
        } catch (CheckpointException e) {
            UserWords.requireIn(e, input);
            refused++;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            fail(input, e);
        }
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start))
                .as(input)
                .isLessThan(MAX_SECONDS);
    }

    private static String shown(byte[] bytes) {
        return new String(bytes, 0, Math.min(bytes.length, 600), StandardCharsets.UTF_8);
    }
}
