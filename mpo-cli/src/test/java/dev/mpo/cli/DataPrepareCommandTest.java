package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.data.image.PngWriter;
import dev.mpo.data.image.RgbImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A download as it comes, a zip in pieces and a meta file with the authors' paths, until a check passes. */
class DataPrepareCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path temporary;

    private Path folder = Path.of("");

    @BeforeEach
    void download() throws IOException {
        folder = Files.createDirectory(temporary.resolve("MMPR"));
        byte[] zip = zip();
        for (int i = 0; i < 3; i++) {
            byte[] piece = Arrays.copyOfRange(zip, zip.length * i / 3, zip.length * (i + 1) / 3);
            Files.write(folder.resolve("images.zip.00" + (i + 1)), piece);
        }
        Files.createDirectory(folder.resolve("annotations"));
        Files.writeString(folder.resolve("annotations/science.jsonl"), """
                {"image": "train/0.png", "question": "q0", "chosen": "a", "rejected": "b"}
                {"image": "train/1.png", "question": "q1", "chosen": "a", "rejected": "b"}
                """);
        Files.writeString(folder.resolve("meta.json"), """
                {"science": {"root": "/theirs/MMPR/images/science", "annotation": "/theirs/MMPR/annotations/science.jsonl",
                 "data_augment": false, "repeat_time": 1, "length": 2}}
                """);
    }

    private byte[] zip() throws IOException {
        Random random = new Random(5);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes, StandardCharsets.UTF_8)) {
            for (int i = 0; i < 2; i++) {
                byte[] pixels = new byte[40 * 30 * 3];
                random.nextBytes(pixels);
                Path png = temporary.resolve(i + ".png");
                PngWriter.write(new RgbImage(40, 30, pixels), png);
                zip.putNextEntry(new ZipEntry("images/science/train/" + i + ".png"));
                zip.write(Files.readAllBytes(png));
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void aDownloadBecomesADataSetThatPassesTheCheck() throws IOException {
        Run run = Run.mpo("data", "prepare", folder.toString(), "--quiet", "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode result = JSON.readTree(run.out());
        assertThat(result.get("archives").asInt()).isOne();
        assertThat(result.get("unpacked").asInt()).isEqualTo(2);
        String meta = result.get("metaFile").asText();
        Run check = Run.mpo("data", "check", meta, "--decode", "--quiet");
        assertThat(check.exitCode()).as(check.err()).isZero();

        Run again = Run.mpo("data", "prepare", folder.toString(), "--quiet");
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.out()).contains("0 files unpacked", "1 data sets in");
    }

    @Test
    void anotherDiskCanBeNamed() {
        Path other = temporary.resolve("other/disk");
        Run run = Run.mpo("data", "prepare", folder.toString(), "--output", other.toString(), "--quiet");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(other.resolve("images/science/train/1.png")).exists();
        assertThat(folder.resolve("images")).doesNotExist();
        Run check = Run.mpo("data", "check", other.resolve("meta.local.json").toString(), "--decode", "--quiet");
        assertThat(check.exitCode()).as(check.err()).isZero();
    }

    @Test
    void aMissingPieceIsADataError() throws IOException {
        Files.delete(folder.resolve("images.zip.002"));
        Run run = Run.mpo("data", "prepare", folder.toString(), "--quiet");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).startsWith("error: images.zip: found the part").contains("Fix:");
    }
}
