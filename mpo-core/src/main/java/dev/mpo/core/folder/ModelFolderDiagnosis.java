package dev.mpo.core.folder;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.core.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Says what a folder is that cannot be opened as a model, and what to do with it: another tool's folder, a part of a
 * download, weights in another format, or another kind of model.
 */
public final class ModelFolderDiagnosis {

    private static final String CONFIG = "config.json";
    private static final Pattern HUB_NAME = Pattern.compile("[A-Za-z0-9][\\w.-]*/[A-Za-z0-9][\\w.-]*");

    private ModelFolderDiagnosis() {}

    /**
     * Returns the complaint about a path that holds no {@code config.json}, be it a folder, a file or nothing.
     *
     * @param path what was given as a model
     */
    public static CheckpointException withoutConfig(Path path) {
        if (Files.notExists(path)) {
            return missing(path);
        }
        if (!Files.isDirectory(path)) {
            return problem(path, Finding.ofFile(path));
        }
        Listing listing = Listing.of(path);
        Finding finding = ForeignFolders.recognise(listing)
                .or(() -> WeightFiles.recognise(listing))
                .or(() -> subFolder(listing))
                .orElseGet(() -> noConfig(listing));
        return problem(path, finding);
    }

    /**
     * Returns the complaint about a folder with a {@code config.json} of an InternVL model and no weights beside it
     * that can be read.
     *
     * @param folder the folder
     */
    public static CheckpointException withoutWeights(Path folder) {
        Listing listing = Listing.of(folder);
        Finding finding = WeightFiles.recognise(listing)
                .or(() -> ForeignFolders.recognise(listing))
                .orElse(new Finding(
                        "expected model.safetensors or model.safetensors.index.json, found neither: there are no weights"
                                + " in this folder",
                        "Download the whole repository, not the small files alone"));
        return problem(folder, finding);
    }

    /**
     * Returns what kind of model a {@code config.json} describes that is none of InternVL's, with the remedy: the rest
     * of a sentence that begins with the file's name.
     *
     * @param config the object in the file
     */
    public static String otherModel(JsonNode config) {
        return OtherModels.describe(config);
    }

    private static CheckpointException missing(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        boolean looksLikeHub = HUB_NAME.matcher(path.toString()).matches();
        if (looksLikeHub && (parent == null || Files.notExists(parent))) {
            return problem(
                    path,
                    new Finding(
                            "expected a model folder on this machine, got what looks like a name on the Hugging Face Hub",
                            "Download it with \"hf download " + path + " --local-dir DIR\" and give DIR"));
        }
        return problem(
                path,
                new Finding(
                        "expected a directory with config.json and *.safetensors, found nothing",
                        "Check the path given as model"));
    }

    private static Optional<Finding> subFolder(Listing listing) {
        List<String> models = listing.foldersWith(CONFIG);
        if (models.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Finding(
                "expected config.json in this folder, found it one level below, in " + Listing.shown(models),
                "Give " + listing.folder().resolve(models.get(0)) + " as the model"));
    }

    private static Finding noConfig(Listing listing) {
        Optional<String> broken = listing.brokenLink();
        if (broken.isPresent()) {
            return new Finding(
                    "holds links to files that are not there, such as " + broken.get(),
                    "Copy the model with its links followed (cp -rL), or download it again");
        }
        String found = listing.names().isEmpty() ? "an empty folder" : Listing.shown(listing.names());
        return new Finding(
                "expected config.json beside *.safetensors, found " + found,
                "A model folder is the whole repository of a checkpoint: download or copy all of its files");
    }

    private static CheckpointException problem(Path path, Finding finding) {
        return new CheckpointException(path + ": " + finding.what() + ". " + finding.remedy() + ".");
    }
}
