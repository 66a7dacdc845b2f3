package dev.mpo.core.folder;

import java.nio.file.Path;
import java.util.Locale;

/**
 * What a folder or file is, and what to do with it.
 *
 * @param what a sentence about it, without its name and without a full stop
 * @param remedy a sentence, without a full stop
 */
record Finding(String what, String remedy) {

    /** Says what a file is that was given in place of a folder. */
    static Finding ofFile(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        if (name.endsWith(".gguf") || name.endsWith(".ggml")) {
            return new Finding(
                    "expected a folder, got a file in the GGUF format of llama.cpp, whose weights are quantised for"
                            + " inference",
                    "Download the model's original repository with its *.safetensors files");
        }
        if (name.endsWith(".zip") || name.endsWith(".tar") || name.endsWith(".gz") || name.endsWith(".zst")) {
            return new Finding(
                    "expected a folder, got a file, by its name an archive", "Unpack it and give the folder");
        }
        Path parent = file.toAbsolutePath().getParent();
        return new Finding(
                "expected a directory with config.json and *.safetensors, found a file",
                "Give the folder that holds the model's files" + (parent == null ? "" : ", such as " + parent));
    }
}
