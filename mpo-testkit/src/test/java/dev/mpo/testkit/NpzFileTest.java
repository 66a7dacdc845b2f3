package dev.mpo.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NpzFileTest {

    @TempDir
    Path folder;

    @Test
    void arraysOfEveryKindAreReadWithTheirShapes() throws IOException {
        ByteBuffer floats = little(8).putFloat(1.5f).putFloat(-2f);
        ByteBuffer longs = little(16).putLong(7).putLong(-1);
        ByteBuffer doubles = little(8).putDouble(Math.PI);
        ByteBuffer bytes = little(6).put(new byte[] {1, 2, 3, 4, 5, (byte) 250});
        NpzFile npz = NpzFile.load(archive(
                List.of("f", "l", "d", "b"),
                List.of(
                        npy("<f4", "(2,)", floats),
                        npy("<i8", "(1, 2)", longs),
                        npy("<f8", "()", doubles),
                        npy("|u1", "(1, 2, 3)", bytes))));
        assertThat(npz.names()).containsExactly("f", "l", "d", "b");
        assertThat(npz.floats("f")).containsExactly(1.5f, -2f);
        assertThat(npz.longs("l")).containsExactly(7, -1);
        assertThat(npz.doubles("d")).containsExactly(Math.PI);
        assertThat(npz.bytes("b")).containsExactly(1, 2, 3, 4, 5, 250);
        assertThat(npz.shape("l")).containsExactly(1, 2);
        assertThat(npz.shape("d")).isEmpty();
        assertThat(npz.shape("b")).containsExactly(1, 2, 3);
    }

    @Test
    void aWrongNameOrKindIsExplained() throws IOException {
        NpzFile npz = NpzFile.load(
                archive(List.of("f"), List.of(npy("<f4", "(1,)", little(4).putFloat(1)))));
        assertThatThrownBy(() -> npz.floats("g"))
                .hasMessageContaining("no array 'g'")
                .hasMessageContaining("[f]");
        assertThatThrownBy(() -> npz.bytes("f")).hasMessageContaining("found f4");
    }

    @Test
    void bigEndianArraysAreRefused() throws IOException {
        Path file = archive(List.of("f"), List.of(npy(">f4", "(1,)", little(4).putFloat(1))));
        assertThatThrownBy(() -> NpzFile.load(file)).hasMessageContaining("little-endian");
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] npy(String type, String shape, ByteBuffer data) {
        String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
        byte[] file = new byte[10 + header.length() + data.capacity()];
        ByteBuffer.wrap(file)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
                .putShort((short) header.length())
                .put(header.getBytes(StandardCharsets.US_ASCII))
                .put(data.flip());
        return file;
    }

    private Path archive(List<String> names, List<byte[]> arrays) throws IOException {
        Path file = folder.resolve("a.npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < names.size(); i++) {
                zip.putNextEntry(new ZipEntry(names.get(i) + ".npy"));
                zip.write(arrays.get(i));
            }
        }
        return file;
    }
}
