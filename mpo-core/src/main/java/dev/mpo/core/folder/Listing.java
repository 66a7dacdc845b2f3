package dev.mpo.core.folder;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.json.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The names in a folder, sorted; of a huge folder the first thousands. */
record Listing(Path folder, List<String> names) {

    private static final int MOST_NAMES = 10_000;
    private static final int MOST_SHOWN = 6;

    static Listing of(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return new Listing(
                    folder,
                    files.limit(MOST_NAMES)
                            .map(file -> String.valueOf(file.getFileName()))
                            .sorted()
                            .toList());
        } catch (IOException e) {
            throw new CheckpointException(folder + ": the folder cannot be listed: " + JsonFile.reason(e) + ".", e);
        }
    }

    boolean has(String name) {
        return names.contains(name);
    }

    List<String> matching(Pattern pattern) {
        return names.stream().filter(name -> pattern.matcher(name).matches()).toList();
    }

    /** Returns the names of sub-folders that hold a file of a name. */
    List<String> foldersWith(String file) {
        return names.stream()
                .filter(name -> Files.exists(folder.resolve(name).resolve(file)))
                .toList();
    }

    /** Returns the first name that is a link to nothing. */
    Optional<String> brokenLink() {
        return names.stream()
                .filter(name -> Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS)
                        && Files.notExists(folder.resolve(name)))
                .findFirst();
    }

    /** Returns some names as text: the first few, and how many more there are. */
    static String shown(List<String> names) {
        String first = names.stream().limit(MOST_SHOWN).collect(Collectors.joining(", "));
        return names.size() > MOST_SHOWN ? first + " and " + (names.size() - MOST_SHOWN) + " more" : first;
    }
}
