package dev.mpo.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.DataException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MediaSourceTest {

    private static final String LONG_NAME = "long/" + "n".repeat(140) + "/ü 図.png";

    @TempDir
    private Path folder;

    @Test
    void membersOfZipAndTarArchivesAreReadInAnyOrder() {
        Map<String, byte[]> members = members(40);
        Archives.zip(folder.resolve("a.zip"), members);
        Archives.tar(folder.resolve("a.tar"), members);
        List<String> names = new ArrayList<>(members.keySet());
        java.util.Collections.shuffle(names, new Random(1));
        try (MediaSource source = MediaSource.local()) {
            for (String name : names) {
                for (String archive : List.of("a.zip!/", "a.tar!/")) {
                    Media media = source.find(folder, archive + name);
                    media.requirePresent();
                    assertThat(media.read()).as(media.name()).isEqualTo(members.get(name));
                }
            }
            assertThat(source.openArchives()).isEqualTo(2);
        }
    }

    @Test
    void aRootMayLieInAnArchiveAndATarMayNameItsMembersWithDots() {
        Archives.tar(folder.resolve("dots.tar"), Map.of("./train/a.png", new byte[] {1}));
        try (MediaSource source = MediaSource.local()) {
            assertThat(source.find(folder.resolve("dots.tar!/train"), "a.png").read())
                    .containsExactly(1);
            assertThat(source.find(folder.resolve("dots.tar!/train"), "./a.png").read())
                    .containsExactly(1);
        }
    }

    @Test
    void aFolderNamedLikeAnArchiveIsAFolder() throws IOException {
        Files.createDirectories(folder.resolve("wow!"));
        Files.write(folder.resolve("wow!/a.png"), new byte[] {7});
        try (MediaSource source = MediaSource.local()) {
            assertThat(source.find(folder, "wow!/a.png").localPath()).contains(folder.resolve("wow!/a.png"));
            assertThat(source.find(folder, "wow!/a.png").read()).containsExactly(7);
        }
    }

    @Test
    void threadsShareArchivesOfAPoolThatIsTooSmall() throws Exception {
        Map<String, byte[]> members = members(20);
        for (int i = 0; i < 6; i++) {
            Archives.zip(folder.resolve(i + ".zip"), members);
            Archives.tar(folder.resolve(i + ".tar"), members);
        }
        List<String> names = new ArrayList<>(members.keySet());
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (MediaSource source = MediaSource.create(UrlOptions.refused(), 2)) {
            List<Future<?>> jobs = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                Random random = new Random(t);
                jobs.add(threads.submit(() -> {
                    for (int i = 0; i < 300; i++) {
                        String name = names.get(random.nextInt(names.size()));
                        String archive = random.nextInt(6) + (random.nextBoolean() ? ".zip" : ".tar");
                        assertThat(source.find(folder, archive + "!/" + name).read())
                                .isEqualTo(members.get(name));
                        if (i % 100 == 99) {
                            source.close();
                        }
                    }
                }));
            }
            for (Future<?> job : jobs) {
                job.get();
            }
            assertThat(source.openArchives()).isLessThanOrEqualTo(2);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void failuresNameTheMemberAndTheFix() throws IOException {
        Archives.zip(folder.resolve("a.zip"), Map.of("a.png", new byte[] {1}, "sub/b.png", new byte[] {2}));
        Files.write(folder.resolve("text.zip"), "no archive".getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(new byte[1024]);
        }
        Files.write(folder.resolve("a.tar.gz"), packed.toByteArray());
        assertFails("a.zip!/A.png", "a.zip!/A.png", "no such member", "upper and lower case");
        assertFails("gone.zip!/a.png", "expected an archive at", "found nothing", "data.path_map");
        assertFails("text.zip!/a.png", "expected a zip or tar archive, found neither");
        assertFails("a.tar.gz!/a.png", "compressed", "unpack it once");
        assertFails("a.zip!/sub/", "no such member");
        assertFails("gone.png", "found nothing at this path");
        assertFails("s3://bucket/a.png", "data.path_map");
    }

    @Test
    void aDamagedMemberIsNotTaken() throws IOException {
        byte[] content = new byte[4000];
        new Random(3).nextBytes(content);
        Path file = Archives.zip(folder.resolve("a.zip"), Map.of("a.png", content));
        byte[] bytes = Files.readAllBytes(file);
        bytes[2000] ^= 1;
        Files.write(file, bytes);
        assertFails("a.zip!/a.png", "cannot be read");
        Path tar = Archives.tar(folder.resolve("a.tar"), new LinkedHashMap<>(Map.of("a.png", content)));
        Files.write(tar, java.util.Arrays.copyOf(Files.readAllBytes(tar), 2000));
        assertFails("a.tar!/a.png", "cannot be read");
    }

    @Test
    void urlsNeedPermission() {
        assertFails("data:image/png;base64,AAAA", "data.urls.allow", "data.path_map");
        assertFails("https://example.org/a.png", "data.urls.allow", "https://example.org/a.png");
        assertFails("HTTP://example.org/a.png", "data.urls.allow");
    }

    @Test
    void inlineBytesAreDecoded() {
        try (MediaSource source = MediaSource.create(UrlOptions.allowed())) {
            assertThat(source.find(folder, "data:image/png;base64,AQID\n BA==").read())
                    .containsExactly(1, 2, 3, 4);
            assertThat(source.find(folder, "data:,a%20b").read()).isEqualTo("a b".getBytes(StandardCharsets.UTF_8));
            String huge = "data:image/png;base64," + "A".repeat(100_000);
            assertThat(source.find(folder, huge).name()).hasSizeLessThan(80).contains("100022 characters");
            for (String bad : List.of("data:image/png;base64", "data:;base64,A*", "data:,%4", "data:,%zz")) {
                assertThatThrownBy(() -> source.find(folder, bad).read())
                        .isInstanceOf(DataException.class)
                        .hasMessageContaining(bad);
            }
        }
    }

    private void assertFails(String address, String... parts) {
        try (MediaSource source = MediaSource.local()) {
            assertThatThrownBy(() -> source.find(folder, address).read())
                    .isInstanceOf(DataException.class)
                    .hasMessageContainingAll(parts);
        }
    }

    private static Map<String, byte[]> members(int count) {
        Map<String, byte[]> members = new HashMap<>();
        Random random = new Random(9);
        for (int i = 0; i < count; i++) {
            byte[] content = new byte[random.nextInt(3000)];
            random.nextBytes(content);
            members.put(i % 5 == 0 ? i + LONG_NAME : "dir/" + i + ".png", content);
        }
        return members;
    }
}
