package dev.mpo.eval.benchmark;

import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import dev.mpo.data.image.BicubicResize;
import dev.mpo.data.image.ImageDecoder;
import dev.mpo.data.image.JpegDegradation;
import dev.mpo.data.image.PngWriter;
import dev.mpo.data.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The pictures of a data set, as files. VLMEvalKit keeps them in the table and writes them out once; so that the model
 * sees the same pixels, pictures whose name ends in {@code .jpg} go through JPEG once more, as they do there.
 */
final class BenchmarkImages {

    /** A shorter text is no picture but the index of the row that has it. */
    private static final int LONGEST_REFERENCE = 64;

    private static final int JPEG_QUALITY = 75;

    private final Path folder;
    private final Path given;
    private final Map<String, Map<String, Object>> rows = new HashMap<>();

    /**
     * Creates the store.
     *
     * @param folder where the files go
     * @param given the folder of files that the table only names, beside it
     */
    BenchmarkImages(DataTable table, Path folder, Path given) {
        this.folder = folder;
        this.given = given;
        table.rows().forEach(row -> DataTable.text(row, "index").ifPresent(index -> rows.putIfAbsent(index, row)));
    }

    /** Returns whether a row has a picture; rows without are left out of sets that have any. */
    static boolean has(Map<String, Object> row) {
        return DataTable.text(row, "image").isPresent()
                || DataTable.text(row, "image_path").isPresent();
    }

    /**
     * Returns the files of a row, written if they are not there yet.
     *
     * @param doubled whether the first one is doubled in size
     */
    List<Path> files(Map<String, Object> row, boolean doubled) {
        List<Path> files = new ArrayList<>();
        List<String> pictures = pictures(row);
        List<String> names = names(row, pictures.size());
        for (int i = 0; i < names.size(); i++) {
            files.add(file(names.get(i), i < pictures.size() ? pictures.get(i) : null, doubled && i == 0, row));
        }
        return files;
    }

    private List<String> pictures(Map<String, Object> row) {
        String image = DataTable.text(row, "image").orElse("");
        if (!image.isEmpty() && image.length() <= LONGEST_REFERENCE) {
            Map<String, Object> owner = rows.get(image);
            if (owner == null) {
                throw new DataException("row " + index(row) + ": the picture of row " + image
                        + " is meant, and there is" + " no such row: is the file complete?");
            }
            image = DataTable.text(owner, "image").orElse("");
        }
        if (image.isEmpty()) {
            return List.of();
        }
        return PythonList.isList(image) ? PythonList.strings(image) : List.of(image);
    }

    private static List<String> names(Map<String, Object> row, int count) {
        String path = DataTable.text(row, "image_path").orElse("");
        if (!path.isEmpty()) {
            return PythonList.isList(path) ? PythonList.strings(path) : List.of(path);
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(index(row) + (count == 1 ? "" : "_" + i) + ".png");
        }
        return names;
    }

    private static String index(Map<String, Object> row) {
        return DataTable.text(row, "index").orElse("?");
    }

    private Path file(
            String name, @org.jspecify.annotations.Nullable String base64, boolean doubled, Map<String, Object> row) {
        Path inside = folder.resolve(name).normalize();
        if (!inside.startsWith(folder)) {
            throw new DataException(
                    "row " + index(row) + ": image_path " + name + " leads out of the data set's folder");
        }
        String plain = inside.getFileName().toString();
        String stem = plain.endsWith(".png") ? plain.substring(0, plain.length() - ".png".length()) : plain;
        Path target = inside.resolveSibling(stem + (doubled ? ".doubled" : "") + ".png");
        if (Files.exists(target)) {
            return target;
        }
        try {
            byte[] bytes = base64 == null
                    ? Files.readAllBytes(given.resolve(name))
                    : Base64.getMimeDecoder().decode(base64);
            RgbImage image = ImageDecoder.decode(bytes, name);
            String lower = name.toLowerCase(Locale.ROOT);
            if (base64 != null && (lower.endsWith(".jpg") || lower.endsWith(".jpeg"))) {
                image = JpegDegradation.degrade(image, JPEG_QUALITY);
            }
            write(doubled ? BicubicResize.doubled(image) : image, target);
            return target;
        } catch (IllegalArgumentException e) {
            throw new DataException("row " + index(row) + ": the picture is no base64 text", e);
        } catch (IOException e) {
            throw new DataException(
                    "row " + index(row) + ": the picture " + given.resolve(name) + " cannot be read", e);
        }
    }

    private static void write(RgbImage image, Path target) {
        try {
            Path parent = target.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Path partial = target.resolveSibling(target.getFileName() + ".partial");
            PngWriter.write(image, partial);
            Files.move(partial, target, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new ConfigException(target + " cannot be written: free space or choose another --out", e);
        }
    }
}
