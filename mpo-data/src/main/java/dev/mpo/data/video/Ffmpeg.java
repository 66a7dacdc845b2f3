package dev.mpo.data.video;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The programs {@code ffmpeg} and {@code ffprobe} of one installation, run once for each question. They read only the
 * named file, never from the network.
 */
final class Ffmpeg {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int SHOWN_CHARS = 300;

    private final String program;
    private final String name;

    /**
     * Uses an installation.
     *
     * @param program name or path of {@code ffmpeg}
     * @param name names the video in errors
     */
    Ffmpeg(String program, String name) {
        this.program = program;
        this.name = name;
    }

    /** What the output of a program is turned into. */
    @FunctionalInterface
    interface Reader<T> {

        T read(InputStream output) throws IOException;
    }

    /** Returns what ffprobe says about the first video stream of a file. */
    JsonNode probe(Path file) {
        JsonNode answer = run(
                List.of(
                        ffprobe(),
                        "-v",
                        "error",
                        "-protocol_whitelist",
                        "file",
                        "-select_streams",
                        "v:0",
                        "-count_packets",
                        "-show_entries",
                        "stream=width,height,avg_frame_rate,nb_read_packets",
                        "-of",
                        "json",
                        address(file)),
                output -> JSON.readTree(output.readAllBytes()));
        return answer.path("streams").path(0);
    }

    /**
     * Decodes chosen frames of a file as binary PPM pictures.
     *
     * @param frames different frames in ascending order, counted from 0
     */
    <T> T decode(Path file, int[] frames, Reader<T> reader) {
        // New time stamps at the rate of the output, so that no frame is left out or repeated for the sake of time.
        String filter = "select='" + selection(frames) + "',settb=1/25,setpts=N";
        return run(
                List.of(
                        program,
                        "-v",
                        "error",
                        "-nostdin",
                        "-protocol_whitelist",
                        "file,pipe",
                        "-threads",
                        "1",
                        "-i",
                        address(file),
                        "-map",
                        "0:v:0",
                        "-vf",
                        filter,
                        "-r",
                        "25",
                        "-frames:v",
                        String.valueOf(frames.length),
                        "-f",
                        "image2pipe",
                        "-c:v",
                        "ppm",
                        "pipe:1"),
                reader);
    }

    /** Returns the condition that a frame is one of those given; neighbours share a term, so that it stays short. */
    private static String selection(int[] frames) {
        List<String> terms = new ArrayList<>();
        for (int i = 0; i < frames.length; i++) {
            int start = frames[i];
            while (i + 1 < frames.length && frames[i + 1] == frames[i] + 1) {
                i++;
            }
            terms.add("between(n," + start + "," + frames[i] + ")");
        }
        return String.join("+", terms);
    }

    private String ffprobe() {
        Path path = Path.of(program);
        return path.getParent() == null
                ? "ffprobe"
                : path.resolveSibling("ffprobe").toString();
    }

    /** A name that no option or other protocol can hide in. */
    private static String address(Path file) {
        return "file:" + file.toAbsolutePath();
    }

    private <T> T run(List<String> command, Reader<T> reader) {
        Path messages = null;
        Process process = null;
        try {
            messages = Files.createTempFile("mpo-ffmpeg", ".log");
            process = start(new ProcessBuilder(command).redirectError(messages.toFile()));
            process.getOutputStream().close();
            T result = reader.read(new BufferedInputStream(process.getInputStream()));
            process.getInputStream().transferTo(OutputStream.nullOutputStream());
            if (process.waitFor() != 0) {
                throw new IOException("exit code " + process.exitValue());
            }
            return result;
        } catch (IOException e) {
            throw new DataException(
                    "video " + name + ": " + command.get(0) + " cannot decode it (" + e.getMessage() + reason(messages)
                            + "). Fix: download or convert the file again, or remove the row",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataException("video " + name + ": interrupted while it was decoded", e);
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
            delete(messages);
        }
    }

    private Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new ConfigException(
                    "video " + name + ": it is neither a folder of frames nor a GIF or WebP file, so it takes ffmpeg,"
                            + " and " + builder.command().get(0) + " cannot be started (" + e.getMessage()
                            + "). Fix: install ffmpeg and ffprobe, name them with data.video.ffmpeg=/path/to/ffmpeg,"
                            + " or unpack the video into a folder of frames",
                    e);
        }
    }

    private static String reason(@Nullable Path messages) {
        try {
            String text = messages == null ? "" : Files.readString(messages, StandardCharsets.ISO_8859_1);
            String line = text.strip().replaceAll("\\s+", " ");
            return line.isEmpty() ? "" : ": " + line.substring(0, Math.min(SHOWN_CHARS, line.length()));
        } catch (IOException e) {
            return "";
        }
    }

    static void delete(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }
}
