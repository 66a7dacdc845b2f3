package dev.mpo.core.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Recognises folders that programs make around models: this program's runs, trainers' outputs, download caches. */
final class ForeignFolders {

    private static final String FINAL = "final";
    private static final Pattern STEPS = Pattern.compile("step-\\d{1,18}");
    private static final Pattern TRAINER_STEPS = Pattern.compile("checkpoint-\\d{1,18}");
    private static final Pattern ZERO = Pattern.compile("global_step\\d+|zero_to_fp32\\.py|.*zero_pp_rank_.*\\.pt");
    private static final Pattern CACHED = Pattern.compile("models--.+");
    private static final Pattern ROWS = Pattern.compile("meta.*\\.json|.*\\.jsonl");

    private ForeignFolders() {}

    static Optional<Finding> recognise(Listing listing) {
        Path folder = listing.folder();
        if (listing.names().isEmpty()) {
            return Optional.of(new Finding(
                    "expected config.json beside *.safetensors, found an empty folder",
                    "Download or copy the whole repository of a model into it"));
        }
        if (listing.has("state.json") && listing.has("manifest.json")) {
            return Optional.of(new Finding(
                    "is a training checkpoint of a run, not a model",
                    "Make a model of it with \"mpo export --checkpoint " + folder + " --out DIR\" and give DIR"));
        }
        if (listing.foldersWith("config.json").contains(FINAL)) {
            return Optional.of(new Finding(
                    "is the folder of a training run, whose model is in its folder final",
                    "Give " + folder.resolve(FINAL) + " as the model"));
        }
        if (listing.foldersWith("manifest.json").stream()
                .anyMatch(name -> STEPS.matcher(name).matches())) {
            return Optional.of(new Finding(
                    "is the folder of a training run that has written no model yet",
                    "Make one of its newest checkpoint with \"mpo export --checkpoint " + folder
                            + " --out DIR\" and give DIR"));
        }
        return downloads(listing).or(() -> trainers(listing)).or(() -> dataset(listing));
    }

    private static Optional<Finding> downloads(Listing listing) {
        Path folder = listing.folder();
        if (listing.has("snapshots")) {
            return Optional.of(new Finding(
                    "is the download cache of a model, which keeps the files of each version in a folder of snapshots",
                    snapshot(folder)
                            .map(found -> "Give " + found + " as the model")
                            .orElse("Download the model again: no version in it is complete")));
        }
        List<String> cached = listing.matching(CACHED);
        if (!cached.isEmpty()) {
            Path first = folder.resolve(cached.get(0));
            return Optional.of(new Finding(
                    "is the download cache of several models (" + Listing.shown(cached) + ")",
                    "Give one version of one model, such as "
                            + snapshot(first).orElse(first.resolve("snapshots").resolve("VERSION"))));
        }
        return Optional.empty();
    }

    /** Returns the version that was fetched last, or the one that the branch main is at. */
    private static Optional<Path> snapshot(Path cache) {
        Path main = cache.resolve("refs").resolve("main");
        try {
            if (Files.isRegularFile(main) && Files.size(main) < 100) {
                Path named = cache.resolve("snapshots")
                        .resolve(Files.readString(main).strip());
                if (Files.exists(named.resolve("config.json"))) {
                    return Optional.of(named);
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            // the newest folder is as good a guess
        }
        if (!Files.isDirectory(cache.resolve("snapshots"))) {
            return Optional.empty();
        }
        return Listing.of(cache.resolve("snapshots")).foldersWith("config.json").stream()
                .map(cache.resolve("snapshots")::resolve)
                .max(Comparator.comparingLong(path -> path.toFile().lastModified()));
    }

    private static Optional<Finding> trainers(Listing listing) {
        List<String> zero = listing.matching(ZERO);
        if (!zero.isEmpty()) {
            return Optional.of(new Finding(
                    "holds a DeepSpeed checkpoint (" + Listing.shown(zero) + "), whose weights are divided among files"
                            + " for training",
                    "Gather them with its zero_to_fp32.py --safe_serialization, or give a folder that save_pretrained"
                            + " wrote"));
        }
        List<String> steps = listing.matching(TRAINER_STEPS);
        if (!steps.isEmpty()) {
            return Optional.of(new Finding(
                    "is the output of another trainer, with checkpoints in " + Listing.shown(steps),
                    "Give one of these folders as the model"));
        }
        return Optional.empty();
    }

    private static Optional<Finding> dataset(Listing listing) {
        List<String> rows = listing.matching(ROWS);
        if (rows.isEmpty() || listing.names().stream().anyMatch(name -> name.endsWith(".safetensors"))) {
            return Optional.empty();
        }
        return Optional.of(new Finding(
                "looks like a data set (" + Listing.shown(rows) + "), not a model",
                "Give data with --meta and a model folder with --model"));
    }
}
