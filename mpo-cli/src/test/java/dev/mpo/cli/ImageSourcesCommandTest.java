package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.data.image.PngWriter;
import dev.mpo.data.image.RgbImage;
import dev.mpo.data.synth.NanoCheckpoint;
import dev.mpo.data.synth.NanoModelConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Images inside archives and rows, through the commands that read images. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImageSourcesCommandTest {

    private static final NanoModelConfig SIZE = new NanoModelConfig(28, 7, 16, 32, 2, 2, 24, 48, 2, 4, 2);

    private Path folder = Path.of("");
    private String inline = "";

    @BeforeAll
    void makeFiles(@TempDir Path temporary) throws IOException {
        folder = temporary;
        NanoCheckpoint.write(folder.resolve("model"), SIZE, List.of("what red blue"), 1);
        Path png = folder.resolve("a.png");
        byte[] pixels = new byte[60 * 40 * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 7);
        }
        PngWriter.write(new RgbImage(60, 40, pixels), png);
        inline = "data:image/png;base64," + Base64.getEncoder().encodeToString(Files.readAllBytes(png));
        try (OutputStream out = Files.newOutputStream(folder.resolve("images.zip"));
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("train/a.png"));
            zip.write(Files.readAllBytes(png));
        }
    }

    @Test
    void everyCommandReadsImagesInArchives() throws IOException {
        String meta = meta("images.zip!/train", "a.png");
        assertOk("data", "check", meta, "--decode");
        assertOk("data", "encode", "--model", model(), "--meta", meta, "--out", out("zipped.jsonl"));
        assertOk("score", "--model", model(), "--meta", meta, "--out", out("scores.jsonl"));
        assertOk("train", "--model", model(), "--meta", meta, "--output", out("run"), "--set", "train.max_steps=1");

        String plain = meta("", "a.png");
        assertOk("data", "encode", "--model", model(), "--meta", plain, "--out", out("plain.jsonl"));
        assertThat(folder.resolve("zipped.jsonl")).hasSameTextualContentAs(folder.resolve("plain.jsonl"));
    }

    @Test
    void imagesInRowsNeedAFlagThatTheErrorNames() throws IOException {
        String meta = meta("", inline);
        Run refused = Run.mpo("data", "encode", "--model", model(), "--meta", meta, "--out", out("inline.jsonl"));
        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.err()).contains("data.urls.allow").contains("rows.jsonl:1");
        assertOk("data", "check", meta, "--set", "data.urls.allow=true");
        assertOk("data", "tiles", folder + "/images.zip!/train/a.png", "--out", out("tiles"));
    }

    private static void assertOk(String... arguments) {
        Run run = Run.mpo(arguments);
        assertThat(run.exitCode())
                .as(String.join(" ", arguments) + ": " + run.err())
                .isZero();
    }

    private String model() {
        return folder.resolve("model").toString();
    }

    private String out(String name) {
        return folder.resolve(name).toString();
    }

    private String meta(String root, String image) throws IOException {
        Files.writeString(
                folder.resolve("rows.jsonl"),
                "{\"image\": \"" + image
                        + "\", \"question\": \"what\", \"chosen\": \"red\", \"rejected\": \"blue\"}\n");
        return Files.writeString(
                        folder.resolve("meta.json"),
                        "{\"rows\": {\"root\": \"" + root + "\", \"annotation\": \"rows.jsonl\", \"repeat_time\": 1}}")
                .toString();
    }
}
