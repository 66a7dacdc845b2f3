package dev.mpo.data.prepare;

import dev.mpo.core.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An archive, whole or in parts.
 *
 * @param name path of the archive below the source folder, without the endings of parts
 * @param parts its files in order
 * @param kind how they go together
 */
record ArchiveParts(String name, List<Path> parts, Kind kind) {

    /** How an archive is stored. */
    enum Kind {
        ZIP,
        /** A zip of several volumes: {@code x.z01}, {@code x.z02}, .., {@code x.zip}. */
        SPANNED_ZIP,
        TAR,
        TAR_GZ,
        TAR_ZST
    }

    private static final int MAX_DEPTH = 4;
    private static final Pattern VOLUME = Pattern.compile("(.*)\\.z(\\d{2,})");
    private static final Pattern PIECE =
            Pattern.compile("(.*\\.(?:zip|tar|tar\\.gz|tgz|tar\\.zst))[._-](?:part[._-]?)?(\\d+|[a-z]{2,3})");

    ArchiveParts {
        parts = List.copyOf(parts);
    }

    /** Finds the archives in a folder, by name. */
    static List<ArchiveParts> find(Path folder) throws IOException {
        Map<String, TreeMap<String, Path>> pieces = new TreeMap<>();
        Map<String, TreeMap<Integer, Path>> volumes = new TreeMap<>();
        List<ArchiveParts> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder, MAX_DEPTH)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile).sorted()::iterator) {
                String name = folder.relativize(file).toString().replace('\\', '/');
                String lower = name.toLowerCase(Locale.ROOT);
                Matcher piece = PIECE.matcher(lower);
                Matcher volume = VOLUME.matcher(lower);
                Kind kind = kind(lower); // first, as the gz of x.tar.gz looks like the piece gz of x.tar
                if (kind != null) {
                    found.add(new ArchiveParts(name, List.of(file), kind));
                } else if (piece.matches()) {
                    pieces.computeIfAbsent(name.substring(0, piece.end(1)), k -> new TreeMap<>(byLengthThenText()))
                            .put(piece.group(2), file);
                } else if (volume.matches()) {
                    volumes.computeIfAbsent(name.substring(0, volume.end(1)) + ".zip", k -> new TreeMap<>())
                            .put(Integer.parseInt(volume.group(2)), file);
                }
            }
        }
        pieces.forEach((name, parts) -> found.add(joined(name, parts)));
        volumes.forEach((name, parts) -> span(found, name, parts, folder));
        found.sort(Comparator.comparing(ArchiveParts::name));
        return found;
    }

    private static Comparator<String> byLengthThenText() {
        return Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());
    }

    private static ArchiveParts joined(String name, TreeMap<String, Path> parts) {
        Kind kind = kind(name.toLowerCase(Locale.ROOT));
        String first = parts.firstKey();
        boolean digits = Character.isDigit(first.charAt(0));
        long start = number(first);
        if (start > 1 || kind == null) {
            throw missing(name, parts.firstEntry().getValue(), "the parts before it");
        }
        long expected = start;
        for (Map.Entry<String, Path> part : parts.entrySet()) {
            if (number(part.getKey()) != expected
                    || digits != Character.isDigit(part.getKey().charAt(0))) {
                throw missing(name, part.getValue(), "the part before it");
            }
            expected++;
        }
        return new ArchiveParts(name, List.copyOf(parts.values()), kind);
    }

    private static void span(List<ArchiveParts> found, String name, TreeMap<Integer, Path> parts, Path folder) {
        ArchiveParts last = found.stream()
                .filter(archive -> archive.name().equals(name))
                .findFirst()
                .orElseThrow(() -> missing(
                        name, parts.lastEntry().getValue(), folder.resolve(name) + ", the last volume and directory"));
        int expected = 1;
        for (Map.Entry<Integer, Path> part : parts.entrySet()) {
            if (part.getKey() != expected++) {
                throw missing(name, part.getValue(), "the volume before it");
            }
        }
        List<Path> all = new ArrayList<>(parts.values());
        all.addAll(last.parts());
        found.remove(last);
        found.add(new ArchiveParts(name, all, Kind.SPANNED_ZIP));
    }

    private static DataException missing(String name, Path part, String what) {
        return new DataException(name + ": found the part " + part + " but not " + what
                + ". Fix: download the missing part, and all" + " parts into one folder");
    }

    /** Returns the number that a part's ending counts, aa being 0. */
    private static long number(String ending) {
        if (Character.isDigit(ending.charAt(0))) {
            return Long.parseLong(ending);
        }
        long number = 0;
        for (int i = 0; i < ending.length(); i++) {
            number = 26 * number + ending.charAt(i) - 'a';
        }
        return number;
    }

    private static @Nullable Kind kind(String name) {
        if (name.endsWith(".zip")) {
            return Kind.ZIP;
        } else if (name.endsWith(".tar")) {
            return Kind.TAR;
        } else if (name.endsWith(".tar.gz") || name.endsWith(".tgz")) {
            return Kind.TAR_GZ;
        }
        return name.endsWith(".tar.zst") ? Kind.TAR_ZST : null;
    }

    /** Returns the bytes of all parts. */
    long bytes() {
        long bytes = 0;
        for (Path part : parts) {
            bytes += part.toFile().length();
        }
        return bytes;
    }

    /** Returns what tells this archive from a changed one of the same name. */
    String version() {
        StringBuilder text = new StringBuilder(name);
        for (Path part : parts) {
            text.append('|')
                    .append(part.getFileName())
                    .append(' ')
                    .append(part.toFile().length())
                    .append(' ');
            text.append(part.toFile().lastModified());
        }
        return text.toString();
    }
}
