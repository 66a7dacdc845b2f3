package dev.mpo.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import dev.mpo.core.DataException;
import dev.mpo.data.meta.MetaEntry;
import dev.mpo.data.meta.MetaFile;
import dev.mpo.data.meta.PathMap;
import dev.mpo.data.source.Archives;
import dev.mpo.testkit.Mutations;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DataPreparationTest {

    @TempDir
    Path temp;

    private Path folder;
    private final Map<String, byte[]> images = new LinkedHashMap<>();

    @BeforeEach
    void download() throws IOException {
        folder = Files.createDirectory(temp.resolve("MMPR"));
        Random random = new Random(3);
        for (int i = 0; i < 6; i++) {
            byte[] bytes = new byte[30_000];
            random.nextBytes(bytes);
            images.put("images/science/" + i + ".png", bytes);
        }
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            rows.append("{\"image\": \"").append(i).append(".png\", \"question\": \"q\", \"chosen\": \"a\",");
            rows.append(" \"rejected\": \"b\"}\n");
        }
        byte[] annotation = rows.toString().getBytes(StandardCharsets.UTF_8);
        Archives.zip(folder.resolve("annotations.zip"), Map.of("annotations/science.jsonl", annotation));
        writeMeta("science");
    }

    private void writeMeta(String... names) throws IOException {
        StringBuilder meta = new StringBuilder("{");
        for (String name : names) {
            meta.append(meta.length() > 1 ? ", " : "")
                    .append("\"")
                    .append(name)
                    .append("\": {\"root\": \"/theirs/data/MMPR/images/")
                    .append(name)
                    .append("\", \"annotation\": \"/theirs/data/MMPR/annotations/")
                    .append(name)
                    .append(".jsonl\", \"data_augment\": false, \"repeat_time\": 0.5, \"length\": 7}");
        }
        Files.writeString(folder.resolve("meta.json"), meta.append("}"));
    }

    private PrepareReport prepare() {
        return DataPreparation.prepare(PrepareOptions.of(folder, folder), null, (archive, done, total) -> {});
    }

    private void assertPrepared(PrepareReport report) throws IOException {
        assertThat(report.missing()).isEmpty();
        List<MetaEntry> entries = MetaFile.load(List.of(report.metaFile()), PathMap.none());
        assertThat(entries).hasSize(1);
        assertThat(entries.get(0).repeatTime()).isEqualTo(0.5);
        assertThat(entries.get(0).length()).hasValue(6);
        for (Map.Entry<String, byte[]> image : images.entrySet()) {
            Path file = entries.get(0).root().resolve(Path.of(image.getKey()).getFileName());
            assertThat(file).hasBinaryContent(image.getValue());
        }
    }

    @Test
    void archivesAreUnpackedAndTheMetaFileNamesWhatIsHere() throws IOException {
        Archives.zip(folder.resolve("images.zip"), images);
        PrepareReport report = prepare();
        assertPrepared(report);
        assertThat(report.archives()).isEqualTo(2);
        assertThat(report.unpacked()).isEqualTo(7);
    }

    @Test
    void aSecondCallGoesOnWhereTheFirstWasStopped() throws IOException {
        byte[] whole = Files.readAllBytes(Archives.zip(folder.resolve("images.zip"), images));
        Files.write(folder.resolve("images.zip"), damagedInTheLastMember(whole));
        assertFailure(this::prepare).hasMessageContaining("images.zip").hasMessageContaining("damaged");
        Files.write(folder.resolve("images.zip"), whole);
        PrepareReport second = prepare();
        assertPrepared(second);
        assertThat(second.unpacked()).isEqualTo(1);
        assertThat(second.present()).isEqualTo(5);
        assertThat(prepare().unpacked()).isZero();
    }

    private static byte[] damagedInTheLastMember(byte[] zip) {
        byte[] damaged = zip.clone();
        damaged[zip.length * 9 / 10] ^= 1;
        return damaged;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "images.zip.001 images.zip.002 images.zip.003",
                "images.zip_aa images.zip_ab images.zip_ac",
                "images.zip.part-00 images.zip.part-01 images.zip.part-02"
            })
    void anArchiveCutIntoPiecesIsReadAsOne(String names) throws IOException {
        byte[] whole = Files.readAllBytes(Archives.zip(temp.resolve("whole.zip"), images));
        String[] parts = names.split(" ", -1);
        for (int i = 0; i < parts.length; i++) {
            int from = whole.length * i / parts.length;
            int to = whole.length * (i + 1) / parts.length;
            Files.write(folder.resolve(parts[i]), Arrays.copyOfRange(whole, from, to));
        }
        assertPrepared(prepare());
        Files.delete(folder.resolve(parts[1]));
        assertFailure(this::prepare).hasMessageContaining(parts[2]).hasMessageContaining("download the missing part");
    }

    @Test
    void aZipOfSeveralVolumesIsReadAsOne() throws IOException {
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(folder.resolve("images.zip"), 65_536)) {
            for (Map.Entry<String, byte[]> image : images.entrySet()) {
                zip.putArchiveEntry(new ZipArchiveEntry(image.getKey()));
                zip.write(image.getValue());
                zip.closeArchiveEntry();
            }
        }
        assertThat(folder.resolve("images.z02")).exists();
        assertPrepared(prepare());
        Files.delete(folder.resolve("images.z01"));
        assertFailure(this::prepare).hasMessageContaining("images.zip").hasMessageContaining("volume");
    }

    @Test
    void aTarIsUnpackedAsWell() throws IOException {
        Archives.tar(folder.resolve("images.tar"), images);
        assertPrepared(prepare());
    }

    @ParameterizedTest
    @ValueSource(strings = {"images.tar.gz", "images.tgz", "images.tar.zst"})
    void aCompressedTarIsUnpackedAsWell(String name) throws IOException {
        byte[] tar = Files.readAllBytes(Archives.tar(temp.resolve("plain.tar"), images));
        try (OutputStream file = Files.newOutputStream(folder.resolve(name));
                OutputStream packed = name.endsWith("zst") ? new ZstdOutputStream(file) : new GZIPOutputStream(file)) {
            packed.write(tar);
        }
        assertPrepared(prepare());
        byte[] whole = Files.readAllBytes(folder.resolve(name));
        Files.write(folder.resolve(name), Arrays.copyOf(whole, whole.length / 2));
        Files.delete(folder.resolve("images/science/5.png"));
        assertFailure(this::prepare).hasMessageContaining(name).hasMessageContaining("download the archive");
    }

    @Test
    void zipsThatDoNotFitAreRefusedBeforeAnythingIsUnpacked() throws IOException {
        Archives.zip(folder.resolve("images.zip"), images);
        long needed = 6 * 30_000 + annotationBytes();
        assertFailure(() -> prepareWith(needed - 1))
                .hasMessageContaining("2 archives: unpacking needs " + needed + " bytes")
                .hasMessageContaining("which has " + (needed - 1))
                .hasMessageContaining("--output");
        assertThat(folder.resolve("images")).doesNotExist();
        assertPrepared(prepareWith(needed));

        Files.delete(folder.resolve("images/science/4.png"));
        Files.setLastModifiedTime(folder.resolve("images.zip"), FileTime.fromMillis(1_000_000));
        assertFailure(() -> prepareWith(29_999)).hasMessageContaining("needs 30000 bytes");
        assertPrepared(prepareWith(30_000));
    }

    @Test
    void membersOfATarAreCheckedOneByOne() throws IOException {
        Archives.tar(folder.resolve("images.tar"), images);
        assertFailure(() -> prepareWith(29_999)).hasMessageContaining("images.tar: unpacking needs 30000 bytes");
        assertThat(folder.resolve("images/science/0.png")).doesNotExist();
    }

    private long annotationBytes() throws IOException {
        try (ZipFile zip = new ZipFile(folder.resolve("annotations.zip").toFile())) {
            return zip.stream().mapToLong(ZipEntry::getSize).sum();
        }
    }

    private PrepareReport prepareWith(long available) {
        return DataPreparation.prepare(
                PrepareOptions.of(folder, folder),
                null,
                (archive, done, total) -> {},
                new FreeSpace(folder, () -> available));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil.png", "images/../../evil.png", "/evil.png", "..\\evil.png", "C:\\evil.png"})
    void aMemberThatWouldLandOutsideIsRefused(String name) {
        Archives.zip(folder.resolve("images.zip"), Map.of(name, new byte[10]));
        assertFailure(this::prepare)
                .hasMessageContaining("images.zip")
                .hasMessageContaining("outside of")
                .hasMessageContaining("Fix:");
        assertThat(temp.resolve("evil.png")).doesNotExist();
    }

    @Test
    void linksAreRefused() throws IOException {
        try (OutputStream out = Files.newOutputStream(folder.resolve("images.tar"));
                TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            TarArchiveEntry link = new TarArchiveEntry("images", TarArchiveEntry.LF_SYMLINK);
            link.setLinkName("/etc");
            tar.putArchiveEntry(link);
            tar.closeArchiveEntry();
        }
        assertFailure(this::prepare).hasMessageContaining("link");
        assertThat(folder.resolve("images")).doesNotExist();
    }

    @Test
    void aLinkInTheTargetIsNotFollowed() throws IOException {
        Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
        Files.createSymbolicLink(folder.resolve("images"), elsewhere);
        Archives.zip(folder.resolve("images.zip"), images);
        assertFailure(this::prepare).hasMessageContaining("leads out of it");
        assertThat(elsewhere.resolve("science/0.png")).doesNotExist();
    }

    @Test
    void anArchiveThatUnpacksToTooMuchIsRefused() {
        byte[] zeros = new byte[70 << 20];
        Archives.zip(folder.resolve("images.zip"), Map.of("images/science/0.png", zeros));
        assertFailure(this::prepare).hasMessageContaining("--max-ratio");
        PrepareOptions small = new PrepareOptions(folder, folder, 1000, 1e9, 10, false);
        assertFailure(() -> DataPreparation.prepare(small, null, (archive, done, total) -> {}))
                .hasMessageContaining("--max-bytes");
    }

    @Test
    void dataSetsWithoutFilesAreReportedAndLeftOut() throws IOException {
        Archives.zip(folder.resolve("images.zip"), images);
        writeMeta("science", "private");
        PrepareReport report = prepare();
        assertThat(report.datasets()).isEqualTo(1);
        assertThat(report.missing())
                .singleElement()
                .asString()
                .contains("private")
                .contains("private.jsonl");
        images.remove("images/science/3.png");
        Path other = Files.createDirectory(temp.resolve("other"));
        Archives.zip(folder.resolve("images.zip"), images);
        PrepareOptions options = PrepareOptions.of(folder, other);
        assertThatThrownBy(() -> {
                    Files.delete(folder.resolve("images/science/3.png"));
                    DataPreparation.prepare(options, null, (archive, done, total) -> {});
                })
                .hasMessageContaining("has 5 of the 6")
                .hasMessageContaining("3.png");
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void damagedArchivesNeverEscapeAsAnotherFailureOrWriteElsewhere() throws IOException {
        List<byte[]> originals = List.of(
                Files.readAllBytes(Archives.zip(temp.resolve("o.zip"), small())),
                Files.readAllBytes(Archives.tar(temp.resolve("o.tar"), small())));
        SplittableRandom random = new SplittableRandom(11);
        Path target = temp.resolve("sandbox").resolve("in").resolve("target");
        for (int i = 0; i < Mutations.rounds(300); i++) {
            int kind = i % originals.size();
            Path source = Files.createDirectories(temp.resolve("fuzz" + i));
            Files.write(source.resolve(kind == 0 ? "a.zip" : "a.tar"), Mutations.damage(originals.get(kind), random));
            Files.copy(folder.resolve("meta.json"), source.resolve("meta.json"));
            try {
                DataPreparation.prepare(
                        new PrepareOptions(source, target, 1 << 20, 1000, 10, true), null, (a, done, total) -> {});
            } catch (DataException e) {
                assertThat(e).hasMessageContaining("Fix:");
            }
            try (Stream<Path> around = Files.list(target.getParent())) {
                assertThat(around).containsExactly(target);
            }
        }
    }

    private static Map<String, byte[]> small() {
        Map<String, byte[]> members = new LinkedHashMap<>();
        for (int i = 0; i < 3; i++) {
            members.put(
                    "images/science/" + i + ".png",
                    ("content of " + i).repeat(9).getBytes(StandardCharsets.UTF_8));
        }
        return members;
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertFailure(ThrowingCallable call) {
        return assertThatThrownBy(call).isInstanceOf(DataException.class);
    }

    @Test
    void aReleaseWithPathsFromItsParentIsPreparedUnderAnyName() throws IOException {
        Path release = Files.createDirectory(temp.resolve("downloads"));
        Files.createDirectories(release.resolve("images/science"));
        Files.createDirectories(release.resolve("annotations"));
        Files.write(release.resolve("images/science/0.png"), new byte[] {1});
        Files.writeString(
                release.resolve("annotations/science.jsonl"),
                "{\"image\": \"0.png\", \"question\": \"q\", \"chosen\": \"a\", \"rejected\": \"b\"}\n");
        Files.writeString(release.resolve("meta.json"), """
                {"science": {"root": "MMPR-v1.2/images/science",
                             "annotation": "MMPR-v1.2/annotations/science.jsonl",
                             "data_augment": false, "repeat_time": 1, "length": 7},
                }
                """);

        PrepareReport report = DataPreparation.prepare(
                new PrepareOptions(release, release, 1L << 40, 200, 10, false), null, (archive, done, total) -> {});

        MetaEntry entry = MetaFile.load(report.metaFile(), PathMap.none()).get(0);
        assertThat(entry.root()).isEqualTo(release.resolve("images/science"));
        assertThat(entry.annotation()).isEqualTo(release.resolve("annotations/science.jsonl"));
        assertThat(entry.length()).hasValue(1);
    }

    @Test
    void aFolderOfQuestionsInParquetIsExplained() throws IOException {
        Path release = Files.createDirectory(temp.resolve("MMPR-Tiny"));
        Files.writeString(release.resolve("mmpr_tiny.parquet"), "PAR1 and bytes");

        assertThatThrownBy(() -> DataPreparation.prepare(
                        new PrepareOptions(release, release, 1L << 40, 200, 10, false),
                        null,
                        (archive, done, total) -> {}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("MMPR-Tiny")
                .hasMessageContaining("mpo pipeline correctness");
    }
}
