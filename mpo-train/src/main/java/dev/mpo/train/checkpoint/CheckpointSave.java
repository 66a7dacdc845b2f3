package dev.mpo.train.checkpoint;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One rank's share in writing a checkpoint. Each rank that stores something writes its files into the unfinished folder
 * and then a note of what they are; the first rank waits for all notes, writes the manifest and gives the folder its
 * name. Ranks meet in the file system alone, so that all of it can run beside training.
 *
 * @param store where the checkpoint goes
 * @param unfinished the folder under its temporary name
 * @param part the number of this rank among those that store something
 * @param parts their number
 * @param keep how many checkpoints are kept
 */
record CheckpointSave(CheckpointStore store, StepFolder unfinished, int part, int parts, int keep) {

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(30);
    private static final long POLL_MILLIS = 20;

    /**
     * What a rank has written.
     *
     * @param files its files
     * @param failure why it could not, or empty
     */
    record Note(List<Manifest.Entry> files, String failure) {}

    /**
     * Writes and, on the first rank, publishes.
     *
     * @throws CheckpointException if a rank could not write; earlier checkpoints are then as they were
     */
    void run(Snapshot snapshot) {
        try {
            List<Manifest.Entry> mine = new ArrayList<>();
            for (Path file : snapshot.write(unfinished, part, parts)) {
                mine.add(Manifest.Entry.of(file));
            }
            if (part > 0) {
                leave(new Note(mine, ""));
            } else {
                publish(mine);
            }
        } catch (IOException | UncheckedIOException | CheckpointException e) {
            throw failed(e);
        }
    }

    private void publish(List<Manifest.Entry> mine) throws IOException {
        List<Manifest.Entry> files = new ArrayList<>(mine);
        files.add(Manifest.Entry.of(unfinished.configFile()));
        files.add(Manifest.Entry.of(unfinished.stateFile()));
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        for (int other = 1; other < parts; other++) {
            Note note = awaitNote(other, deadline);
            if (!note.failure().isEmpty()) {
                throw new CheckpointException("rank " + other + ": " + note.failure());
            }
            files.addAll(note.files());
        }
        for (int other = 1; other < parts; other++) {
            Files.delete(note(other));
        }
        files.sort(Comparator.comparing(Manifest.Entry::name));
        Json.write(
                unfinished.path().resolve(Manifest.FILE),
                new Manifest(Manifest.FORMAT, unfinished.step(), parts, files));
        Folders.publish(
                unfinished.path(), StepFolder.of(store.run(), unfinished.step()).path());
        store.prune(unfinished.step(), keep);
    }

    private Path note(int other) {
        return unfinished.path().resolve("written-%05d.json".formatted(other));
    }

    private void leave(Note note) throws IOException {
        Path temporary = unfinished.path().resolve("written-%05d.json.tmp".formatted(part));
        Json.write(temporary, note);
        Files.move(temporary, note(part), StandardCopyOption.ATOMIC_MOVE);
    }

    private Note awaitNote(int other, long deadline) {
        while (!Files.exists(note(other))) {
            if (System.nanoTime() > deadline) {
                throw new CheckpointException(
                        "rank " + other + " has not written its part within " + LONGEST_WAIT.toMinutes() + " minutes");
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CheckpointException("interrupted while rank " + other + " writes its part", e);
            }
        }
        return Json.read(note(other), Note.class);
    }

    private CheckpointException failed(Exception cause) {
        CheckpointException failure = store.notSaved(unfinished.step(), cause);
        try {
            if (part > 0) {
                leave(new Note(List.of(), String.valueOf(cause.getMessage())));
            } else {
                Folders.delete(unfinished.path());
            }
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    /** Makes the unfinished folder with what does not depend on the rank; before any rank writes into it. */
    static void prepare(CheckpointStore store, StepFolder unfinished, String config, RunState state) {
        try {
            Folders.delete(unfinished.path());
            Files.createDirectories(unfinished.path());
            SafetensorsWriter.writeText(unfinished.configFile(), config);
            Json.write(unfinished.stateFile(), state);
        } catch (IOException | UncheckedIOException | CheckpointException e) {
            CheckpointException failure = store.notSaved(unfinished.step(), e);
            try {
                Folders.delete(unfinished.path());
            } catch (IOException again) {
                failure.addSuppressed(again);
            }
            throw failure;
        }
    }
}
