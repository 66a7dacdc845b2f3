package dev.mpo.eval.pipeline.sample;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Where the pictures of sampled answers are: the file {@code image-roots.json} beside them. The rows hold relative
 * names, so that whoever makes pairs of them has to know.
 */
public final class ImageRoots {

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String FILE = "image-roots.json";

    private ImageRoots() {}

    /** Returns the folder of the pictures of a data set, if it was written down. */
    public static Optional<Path> read(Path folder, String dataset) {
        return Optional.ofNullable(all(folder).path(dataset).textValue()).map(Path::of);
    }

    /** Writes down the folder of the pictures of a data set; other data sets keep theirs. */
    static void write(Path folder, String dataset, Path imageRoot) throws IOException {
        ObjectNode roots = all(folder);
        roots.put(dataset, imageRoot.toAbsolutePath().normalize().toString());
        Path partial = folder.resolve(FILE + ".partial");
        MAPPER.writerWithDefaultPrettyPrinter().writeValue(partial.toFile(), roots);
        Files.move(partial, folder.resolve(FILE), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** A file that cannot be read is as good as none: the command that needs the folder asks for it. */
    private static ObjectNode all(Path folder) {
        try {
            JsonNode roots = MAPPER.readTree(folder.resolve(FILE).toFile());
            return roots instanceof ObjectNode object ? object : MAPPER.createObjectNode();
        } catch (IOException e) {
            return MAPPER.createObjectNode();
        }
    }
}
