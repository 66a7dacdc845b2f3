package dev.mpo.data.jsonl;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** The formats that an annotation file may be packed in, told by the end of its name. */
enum PackedFormat {
    /** RFC 1952, also of several members. */
    GZIP(".gz", "gzip", "gunzip") {
        @Override
        InputStream unpack(InputStream packed) throws IOException {
            // Unlike the JDK's, this one reports what follows the last member: a damaged member would be lost unseen.
            return new GzipCompressorInputStream(packed, true);
        }
    },
    /** RFC 8878, also of several frames. */
    ZSTD(".zst", "zstd", "zstd -d") {
        @Override
        InputStream unpack(InputStream packed) {
            return new ZstdFrames(packed);
        }
    };

    private final String suffix;
    private final String label;
    private final String command;

    PackedFormat(String suffix, String label, String command) {
        this.suffix = suffix;
        this.label = label;
        this.command = command;
    }

    /** Returns the format of a file, or nothing if it is not packed. */
    static Optional<PackedFormat> of(Path path) {
        String name = path.toString();
        return Arrays.stream(values())
                .filter(format -> name.endsWith(format.suffix))
                .findFirst();
    }

    /**
     * Returns a stream of the unpacked bytes, which owns the packed one.
     *
     * @throws IOException as its reads do, if the bytes are not of this format
     */
    abstract InputStream unpack(InputStream packed) throws IOException;

    /** Returns the name for messages. */
    String label() {
        return label;
    }

    /** Returns the command that unpacks a file by hand. */
    String command() {
        return command;
    }
}
