package dev.mpo.data.pair;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.data.meta.PathMap;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;

/** Builds small data sets in a temporary folder. */
public final class Workspace {

    private static final JsonMapper MAPPER = new JsonMapper();

    private final Path folder;
    private final ObjectNode meta = MAPPER.createObjectNode();

    /** Works in an existing folder. */
    public Workspace(Path folder) {
        this.folder = folder;
    }

    /** Writes an opaque PNG of some size whose pixels all differ. */
    public Workspace image(String name, int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, (x * 7919 + y * 104729 + 12345) & 0xffffff);
            }
        }
        try {
            ImageIO.write(image, "png", folder.resolve(name).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Adds a data set of the given lines, taken once. */
    public Workspace dataset(String name, List<String> lines) {
        return dataset(name, lines, Map.of());
    }

    /** Adds a data set with further keys in its meta entry. */
    public Workspace dataset(String name, List<String> lines, Map<String, Object> keys) {
        ObjectNode entry = meta.putObject(name);
        entry.put("root", "").put("annotation", name + ".jsonl").put("repeat_time", 1);
        keys.forEach((key, value) -> entry.set(key, MAPPER.valueToTree(value)));
        write(name + ".jsonl", lines.stream().map(line -> line + "\n").collect(Collectors.joining()));
        return this;
    }

    /** Opens everything added so far; the caller closes it. */
    public List<PairDataset> open() {
        return PairDataset.load(List.of(write("meta.json", meta.toString())), PathMap.none());
    }

    /** Returns a row of text only whose answers tell its question. */
    public static String textRow(String question) {
        return "{\"question\": \"" + question + "\", \"chosen\": \"yes " + question + "\", \"rejected\": \"no\"}";
    }

    private Path write(String name, String content) {
        try {
            return Files.writeString(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
