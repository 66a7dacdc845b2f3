package dev.mpo.core.folder;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.core.CheckpointException;
import dev.mpo.core.json.JsonFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Recognises weights that are there, but not as a model of the published form. */
final class WeightFiles {

    private static final Pattern SHARD = Pattern.compile("model-(\\d{1,6})-of-(\\d{1,6})\\.safetensors");
    private static final Pattern TORCH = Pattern.compile("pytorch_model.*\\.bin|model.*\\.bin|consolidated.*\\.pth");
    private static final Pattern ANY_TORCH = Pattern.compile(".*\\.(bin|pt|pth|ckpt)");
    private static final Pattern GGUF = Pattern.compile(".*\\.(gguf|ggml)");
    private static final Pattern OTHER =
            Pattern.compile(".*\\.(onnx|msgpack|h5|tflite|engine|nemo|npz)|model_index\\.json");
    private static final Pattern SAFETENSORS = Pattern.compile(".*\\.safetensors");
    private static final String ADAPTER_CONFIG = "adapter_config.json";
    private static final Pattern ADAPTERS = Pattern.compile("adapter_model\\.(safetensors|bin)");

    private WeightFiles() {}

    static Optional<Finding> recognise(Listing listing) {
        if (listing.has(ADAPTER_CONFIG) || !listing.matching(ADAPTERS).isEmpty()) {
            return Optional.of(adapters(listing));
        }
        List<String> shards = listing.matching(SHARD);
        if (!shards.isEmpty()) {
            return Optional.of(shards(shards));
        }
        List<String> torch = listing.matching(TORCH);
        if (torch.isEmpty()) {
            torch = listing.matching(ANY_TORCH);
        }
        if (!torch.isEmpty()) {
            return Optional.of(new Finding(
                    "holds weights in PyTorch's own format (" + Listing.shown(torch)
                            + "), which can run any code when it is read; expected safetensors",
                    "Load the model in Python and save it with save_pretrained(DIR, safe_serialization=True), or"
                            + " download the safetensors files"));
        }
        List<String> gguf = listing.matching(GGUF);
        if (!gguf.isEmpty()) {
            return Optional.of(new Finding(
                    "holds weights in the GGUF format of llama.cpp (" + Listing.shown(gguf)
                            + "), which are quantised for inference; expected safetensors",
                    "Download the model's original repository"));
        }
        return others(listing);
    }

    private static Optional<Finding> others(Listing listing) {
        List<String> other = listing.matching(OTHER);
        if (!other.isEmpty()) {
            return Optional.of(new Finding(
                    "holds weights in another format (" + Listing.shown(other) + "); expected safetensors",
                    "Download the model's repository with its *.safetensors files"));
        }
        List<String> safetensors = listing.matching(SAFETENSORS);
        if (!safetensors.isEmpty() && !listing.has("model.safetensors")) {
            return Optional.of(new Finding(
                    "expected model.safetensors, or shards with model.safetensors.index.json, found "
                            + Listing.shown(safetensors),
                    "If that is the whole model, name it model.safetensors; else download the whole repository"));
        }
        return Optional.empty();
    }

    private static Finding adapters(Listing listing) {
        List<String> files = listing.matching(ADAPTERS);
        String base = baseModel(listing);
        return new Finding(
                "holds LoRA adapters only (" + (files.isEmpty() ? ADAPTER_CONFIG : Listing.shown(files))
                        + (base.isEmpty() ? "" : ", made for " + base) + "), no model",
                "Give the model that they were made for as the model folder and the adapters as model.lora.init, or merge"
                        + " them into it first");
    }

    private static String baseModel(Listing listing) {
        if (!listing.has(ADAPTER_CONFIG)) {
            return "";
        }
        try {
            JsonNode config = JsonFile.object(listing.folder().resolve(ADAPTER_CONFIG), "");
            return config.path("base_model_name_or_path").asText("");
        } catch (CheckpointException e) {
            return ""; // the finding is the same without it
        }
    }

    private static Finding shards(List<String> shards) {
        int of = 0;
        for (String shard : shards) {
            Matcher match = SHARD.matcher(shard);
            of = match.matches() ? Math.max(of, Integer.parseInt(match.group(2))) : of;
        }
        List<String> missing = new ArrayList<>();
        int digits = SHARD.matcher(shards.get(0))
                .results()
                .findFirst()
                .map(m -> m.group(1).length())
                .orElse(5);
        for (int i = 1; i <= Math.min(of, 1000); i++) {
            String name = ("model-%0" + digits + "d-of-%0" + digits + "d.safetensors").formatted(i, of);
            if (!shards.contains(name)) {
                missing.add(name);
            }
        }
        return new Finding(
                "holds " + shards.size() + " of " + of + " shards (" + Listing.shown(shards)
                        + ") and no model.safetensors.index.json, which says what is in them"
                        + (missing.isEmpty() ? "" : "; missing as well: " + Listing.shown(missing)),
                "Download or copy model.safetensors.index.json" + (missing.isEmpty() ? "" : " and the missing shards")
                        + " from where the shards come from");
    }
}
